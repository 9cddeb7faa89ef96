import type {Percent} from '../base/units.ts'
import type {Counted} from './count.ts'
import {slowerThan} from './count.ts'
import {chanceOfAtLeast} from './odds.ts'
import type {Evidence, Verdict} from './evidence.ts'

/**
 * Whether too many requests failed.
 *
 * A share of bad answers is judged at the end of the bake, from `minRequests` on. Before that it fails only where it is
 * sure: where a release just at the limit would show so many bad answers less than once in a thousand times, even if
 * every request still missing for `minRequests` were good. A release that is wholly broken is so found after a handful.
 */
export function judgeErrors(below: Percent, evidence: Evidence): Verdict {
  return judgeRate(evidence, below / 100, counted => {
    const {requests, errors} = counted
    return {bad: errors, text: `${failedText(counted)} (${percentText(errors, requests)}), wanted < ${below}%`}
  })
}

/** Whether more answers were slow than the quantile leaves room for; judged as errors are. */
export function judgeLatency(quantile: number, belowMs: number, evidence: Evidence): Verdict {
  const {counted: seen} = evidence
  if (seen && seen.latency.length === 0)
    return {is: 'inconclusive', text: 'the balancer measures no latency', unmeasured: true}
  return judgeRate(evidence, 1 - quantile / 100, ({latency, requests}) => {
    const slow = slowerThan(latency, belowMs)
    const text = `${percentText(slow, requests)} of ${requests} answers took ${belowMs}ms or longer, wanted < ${100 - quantile}% (p${quantile})`
    return {bad: Math.floor(slow), text}
  })
}

export function failedText({errors, requests}: Pick<Counted, 'errors' | 'requests'>): string {
  return `${errors} of ${requests} requests failed`
}

export function percentText(part: number, whole: number): string {
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
  return enough ? {is: 'passed', text} : {is: 'inconclusive', text: tooFew(requests, minRequests)}
}

export function tooFew(requests: number, wanted: number): string {
  return `only ${requests} of ${wanted} requests came`
}
