import {unreachable} from '../base/bug.ts'
import type {CheckConfig} from '../config/config.ts'
import type {Counted} from './count.ts'
import {slowerThan} from './count.ts'
import {chanceOfAtLeast} from './odds.ts'
import type {Probe} from './seen.ts'

/**
 * How far a bake has come. `early`: it is not over. `over`: it is. `last`: it has been extended for want of requests or
 * answers as far as it may be, and no more are waited for.
 */
export type Moment = 'early' | 'over' | 'last'

/** What one check, or all of them, come to. */
export type Verdict =
  | {readonly is: 'passed'}
  | {readonly is: 'failed'; readonly text: string}
  /** Ask again later. */
  | {readonly is: 'undecided'; readonly text: string}
  /** No ground for a verdict, and none to be expected: nothing speaks against going on. */
  | {readonly is: 'inconclusive'; readonly text: string}

/** All that checks are judged by. */
export interface Evidence {
  /** On `next`, since the share was set; undefined where nothing counts. */
  readonly counted: Counted | undefined
  readonly minRequests: number
  readonly probes: readonly Probe[]
  readonly moment: Moment
}

/**
 * What a check comes to.
 *
 * A share of bad answers is judged at the end of the bake, from `minRequests` on. Before that it fails only where it is
 * sure: where a release just at the limit would show so many bad answers less than once in a thousand times, even if
 * every request still missing for `minRequests` were good. A release that is wholly broken is so found after a handful.
 */
export function judge(check: CheckConfig, evidence: Evidence): Verdict {
  switch (check.kind) {
    case 'errors':
      return judgeErrors(check.below, evidence)
    case 'latency':
      return judgeLatency(check.quantile, check.belowMs, evidence)
    case 'http':
    case 'command':
      return judgeProbe(check, evidence)
    default:
      return unreachable(check)
  }
}

/** How a check is called in reports. */
export function nameOf(check: CheckConfig): string {
  switch (check.kind) {
    case 'errors':
      return 'errors'
    case 'latency':
      return `p${check.quantile}`
    case 'http':
      return `http ${check.path}`
    case 'command':
      return `command ${check.command[0] ?? ''}`
    default:
      return unreachable(check)
  }
}

function judgeErrors(below: number, evidence: Evidence): Verdict {
  return judgeRate(evidence, below / 100, counted => {
    const {requests, errors} = counted
    return {
      bad: errors,
      text: `${errors} of ${requests} requests failed (${percent(errors, requests)}), wanted < ${below}%`,
    }
  })
}

function judgeLatency(quantile: number, belowMs: number, evidence: Evidence): Verdict {
  const {counted: seen} = evidence
  if (seen && seen.latency.length === 0) return {is: 'inconclusive', text: 'the balancer measures no latency'}
  return judgeRate(evidence, 1 - quantile / 100, counted => {
    const slow = slowerThan(counted.latency, belowMs)
    const {requests} = counted
    const text = `${percent(slow, requests)} of ${requests} answers took ${belowMs}ms or longer, wanted < ${100 - quantile}% (p${quantile})`
    return {bad: Math.floor(slow), text}
  })
}

function percent(part: number, whole: number): string {
  return `${whole === 0 ? 0 : Math.round((part / whole) * 1000) / 10}%`
}

/** Less likely than this is sure. */
const SURE = 0.001

function judgeRate(
  {counted, minRequests, moment}: Evidence,
  limit: number,
  measure: (counted: Counted) => {readonly bad: number; readonly text: string},
): Verdict {
  if (!counted) return {is: 'inconclusive', text: 'the balancer counts no requests'}
  const {requests} = counted
  const {bad, text} = measure(counted)
  const enough = requests >= minRequests
  const high = requests > 0 && bad / requests >= limit
  if (chanceOfAtLeast(bad, Math.max(requests, minRequests), limit) < SURE) return {is: 'failed', text}
  if (moment === 'early' || (moment === 'over' && !enough)) return {is: 'undecided', text}
  // Too few for a verdict, but what there is points one way: the careful way out costs little.
  if (high && bad > 0) return {is: 'failed', text}
  return enough ? {is: 'passed'} : {is: 'inconclusive', text: `only ${requests} of ${minRequests} requests came`}
}

function judgeProbe(check: CheckConfig, {probes, moment}: Evidence): Verdict {
  const probe = probes.find(one => one.check === check)
  if (!probe) return {is: 'undecided', text: 'no answer yet'}
  if (probe.verdict === 'passed') return {is: 'passed'}
  if (probe.verdict === 'failed') return {is: 'failed', text: probe.detail}
  return {is: moment === 'last' ? 'inconclusive' : 'undecided', text: probe.detail}
}
