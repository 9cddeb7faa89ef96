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
 * at the first share. A latency that nobody measures is warned of and holds nothing up, as long as something else is
 * judged: HAProxy counts errors and keeps no quantiles.
 */
export function unmeasurable(service: ServiceConfig, counts: Counting): Failure | undefined {
  const lacking = unmeasurables(service, counts)
  const judged = service.rollout.checks.filter(({observe}) => !observe).length - lacking.length
  const first = lacking.find(({kind}) => kind !== 'latency' || !counts.requests || judged === 0)
  if (!first) return undefined
  return failure('driver-unable', {
    message: `the check ${first.check} of ${service.name} would never have a verdict: ${first.lack}`,
    hint: UNMEASURABLE_HINT,
  })
}

export const UNMEASURABLE_HINT =
  'measure it with http, command or prometheus, take it out, or say of it onInconclusive: continue'

/** Every such check of a service, by its name in reports, and why. */
export function unmeasurables(
  {route, rollout}: ServiceConfig,
  counts: Counting,
): readonly {readonly check: string; readonly kind: CheckConfig['kind']; readonly lack: string}[] {
  return rollout.checks.flatMap(check => {
    const lack = lackFor(check, route ? counts : undefined)
    return lack === undefined || check.observe || check.onInconclusive !== undefined
      ? []
      : [{check: nameOf(check), kind: check.kind, lack}]
  })
}

function lackFor(check: CheckConfig, counts: Counting | undefined): string | undefined {
  const isLatency = check.kind === 'latency' || (check.kind === 'compare' && check.of !== 'errors')
  if (!isLatency && check.kind !== 'errors' && check.kind !== 'compare') return undefined
  if (!counts) return 'without a route, nothing counts requests'
  if (!counts.requests) return 'this balancer counts no requests'
  return isLatency && !counts.latency ? 'this balancer measures no latency' : undefined
}
