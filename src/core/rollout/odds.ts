import betaCdf from '@stdlib/stats-base-dists-beta-cdf'
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile'

/** Some that have a property, of all that were looked at. */
export interface Part {
  readonly hits: number
  readonly of: number
}

/** Between these the true value lies, as far as can be told. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/**
 * The chance to see `hits` or more among `trials` where each is one with the chance `rate`: the upper tail of the
 * binomial distribution, which is a value of the beta distribution.
 */
export function chanceOfAtLeast(hits: number, trials: number, rate: number): number {
  if (hits <= trials * rate) return 1
  if (rate <= 0) return 0
  return betaCdf(rate, hits, trials - hits + 1)
}

/** Wilson's interval for the true share of what was seen in part. It is good for small numbers, and for none. */
export function shareWithin({hits, of}: Part, confidence: number): Interval {
  if (of === 0) return {low: 0, high: 1}
  const z = deviations(confidence)
  const middle = (hits + (z * z) / 2) / (of + z * z)
  const reach = (z / (of + z * z)) * Math.sqrt((hits * (of - hits)) / of + (z * z) / 4)
  return {low: Math.max(0, middle - reach), high: Math.min(1, middle + reach)}
}

/** Newcombe's interval (his method 10) for how much larger the share of `one` truly is than that of `other`. */
export function excessWithin(one: Part, other: Part, confidence: number): Interval {
  const [a, b] = [shareWithin(one, confidence), shareWithin(other, confidence)]
  const [p, q] = [shareOf(one), shareOf(other)]
  return {low: p - q - Math.hypot(p - a.low, b.high - q), high: p - q + Math.hypot(a.high - p, q - b.low)}
}

function shareOf({hits, of}: Part): number {
  return of === 0 ? 0 : hits / of
}

/** How many standard deviations from the middle on both sides hold so much of a normal distribution. */
function deviations(confidence: number): number {
  return normalQuantile(1 - (1 - confidence) / 2, 0, 1)
}
