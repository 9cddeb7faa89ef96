import type {CheckConfig, Quantile} from '../config/config.ts'
import type {Counted} from './count.ts'
import {quantileOf, slowerThan} from './count.ts'
import type {Interval} from './odds.ts'
import {excessWithin, shareWithin} from './odds.ts'
import {failedText, percentText, tooFew} from './rate.ts'
import type {Evidence, Verdict} from './evidence.ts'

type Compare = Extract<CheckConfig, {readonly kind: 'compare'}>

/** Before the bake is over, and so looked at many times, only what is beyond doubt counts. */
const SURE = 0.999

/**
 * `next` against `current` in the same minutes. From what was counted follows an interval in which the true difference
 * lies. It fails where all of that is beyond the margin, passes where none of it is, and has no verdict in between: then
 * more requests are needed, and the text says about how many. That nothing speaks against `next` is not enough to pass,
 * since too few requests never speak against anything.
 */
export function judgeAgainst(check: Compare, {counted, beside, minRequests, moment}: Evidence): Verdict {
  if (!counted) return {is: 'inconclusive', text: 'the balancer counts no requests'}
  // At 100 % nobody is left to compare with; what was compared at the shares before stands.
  if (!beside) return {is: 'passed', text: 'not compared: current has no traffic at this share'}
  const fewer = Math.min(counted.requests, beside.requests)
  const confidence = moment === 'early' ? SURE : check.confidence / 100
  const found = fewer === 0 ? undefined : difference(check, counted, beside, confidence)
  if (fewer < minRequests || !found) return waiting(moment, fewer, Math.max(1, minRequests))
  if (found === 'unmeasured') return {is: 'inconclusive', text: 'the balancer measures no such latency'}
  const {worse, allowed, text} = found
  if (worse.low > allowed) return {is: 'failed', text}
  if (moment === 'early') return {is: 'undecided', text}
  if (worse.high <= allowed) return {is: 'passed', text}
  return moment === 'over'
    ? {is: 'undecided', text}
    : {is: 'inconclusive', text: `${text}; ${needed(check, counted, beside)}`}
}

function waiting(moment: Evidence['moment'], requests: number, wanted: number): Verdict {
  return {is: moment === 'last' ? 'inconclusive' : 'undecided', text: tooFew(requests, wanted)}
}

interface Difference {
  /** How much worse `next` may truly be. */
  readonly worse: Interval
  readonly allowed: number
  readonly text: string
}

function difference(check: Compare, next: Counted, current: Counted, confidence: number): Difference | 'unmeasured' {
  return check.of === 'errors'
    ? errorsApart(check.margin, next, current, confidence)
    : latencyApart(check.of, check.margin, next, current, confidence)
}

function errorsApart(margin: number, next: Counted, current: Counted, confidence: number): Difference {
  const worse = excessWithin(failed(next), failed(current), confidence)
  const rates = [next, current].map(({errors, requests}) => percentText(errors, requests))
  const text = `${failedText(next)} (${rates[0]}), on current ${failedText(current)} (${rates[1]}), wanted at most ${margin} points more`
  return {worse, allowed: margin / 100, text}
}

/**
 * Slow is what takes longer than the quantile of `current` and the margin. How slow `current` truly is, is not known
 * exactly either: the interval's ends are taken with the slowest and the quickest that it may be.
 */
function latencyApart(
  quantile: Quantile,
  margin: number,
  next: Counted,
  current: Counted,
  confidence: number,
): Difference | 'unmeasured' {
  const part = quantile / 100
  const rank = shareWithin({hits: part * current.requests, of: current.requests}, confidence)
  const [quick, middle, slow] = [rank.low, part, rank.high].map(
    at => quantileOf(current.latency, at) * (1 + margin / 100),
  )
  if (quick === undefined || middle === undefined || slow === undefined || !Number.isFinite(middle)) return 'unmeasured'
  const slower = (ms: number) => shareWithin({hits: slowerThan(next.latency, ms), of: next.requests}, confidence)
  const own = quantileOf(next.latency, part)
  const text = `p${quantile} is ${msText(own)} over ${next.requests} answers, on current ${msText(middle / (1 + margin / 100))} over ${current.requests}, wanted at most ${margin}% more`
  return {worse: {low: slower(slow).low, high: slower(quick).high}, allowed: 1 - part, text}
}

function failed({errors, requests}: Counted) {
  return {hits: errors, of: requests}
}

function msText(ms: number): string {
  return Number.isFinite(ms) ? `about ${Math.round(ms)}ms` : 'more than can be told'
}

/** How many requests would have told, had they gone on like this. */
function needed(check: Compare, next: Counted, current: Counted): string {
  for (let times = 2; times <= MOST_TIMES; times *= 2) {
    const found = difference(check, scaled(next, times), scaled(current, times), check.confidence / 100)
    if (found !== 'unmeasured' && (found.worse.high <= found.allowed || found.worse.low > found.allowed))
      return `about ${next.requests * times} requests on next would tell`
  }
  return 'it is too near to the limit to tell'
}

const MOST_TIMES = 1024

function scaled({requests, errors, latency}: Counted, times: number): Counted {
  return {
    requests: requests * times,
    errors: errors * times,
    latency: latency.map(({leMs, count}) => ({leMs, count: count * times})),
  }
}
