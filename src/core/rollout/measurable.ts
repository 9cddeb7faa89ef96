import type {Failure} from '../base/failure.ts'
import {failure} from '../base/failure.ts'
import type {CheckConfig, ServiceConfig} from '../config/config.ts'
import {nameOf} from './verdict.ts'

/** What the balancer tells of each pool. */
export interface Counting {
  readonly requests: boolean
  readonly latency: boolean
}

/**
 * A check that would never come to a verdict here, and does not say what then: better known before anything starts than
 * at the first share.
 */
export function unmeasurable({name, route, rollout}: ServiceConfig, counts: Counting): Failure | undefined {
  for (const check of rollout.checks) {
    const lack = lackFor(check, route ? counts : undefined)
    if (lack === undefined || check.observe || check.onInconclusive !== undefined) continue
    return failure('driver-unable', {
      message: `the check ${nameOf(check)} of ${name} would never have a verdict: ${lack}`,
      hint: 'measure it with http, command or prometheus, take it out, or say of it onInconclusive: continue',
    })
  }
  return undefined
}

function lackFor(check: CheckConfig, counts: Counting | undefined): string | undefined {
  const isLatency = check.kind === 'latency' || (check.kind === 'compare' && check.of !== 'errors')
  if (!isLatency && check.kind !== 'errors' && check.kind !== 'compare') return undefined
  if (!counts) return 'without a route, nothing counts requests'
  if (!counts.requests) return 'this balancer counts no requests'
  return isLatency && !counts.latency ? 'this balancer measures no latency' : undefined
}
