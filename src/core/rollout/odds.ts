/**
 * The chance to see `hits` or more among `trials` where each is one with the chance `rate`: the upper tail of the
 * binomial distribution, exact to what floating point gives.
 */
export function chanceOfAtLeast(hits: number, trials: number, rate: number): number {
  if (hits <= trials * rate) return 1
  if (rate <= 0) return 0
  let term = Math.exp(logChance(hits, trials, rate))
  let sum = 0
  // Above the mean each term is smaller than the one before, by a factor that shrinks.
  for (let k = hits; k <= trials && term > sum * 1e-9; k++) {
    sum += term
    term *= ((trials - k) / (k + 1)) * (rate / (1 - rate))
  }
  return Math.min(1, sum)
}

function logChance(hits: number, trials: number, rate: number): number {
  let log = hits * Math.log(rate) + (trials - hits) * Math.log1p(-rate)
  for (let k = 1; k <= hits; k++) log += Math.log((trials - hits + k) / k)
  return log
}
