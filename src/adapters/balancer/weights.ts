import type {Percent} from '../../core/base/units.ts'

/** One pool's part of a split: how many servers carry it, and what they should carry together. */
export interface WeightWish {
  readonly servers: number
  readonly share: Percent
}

/** One weight for every server of each pool, and the share that the weights amount to. */
export interface WeightSplit {
  readonly weight: number
  readonly share: Percent
}

/**
 * Whole-number weights that come nearest to the shares asked, over pools of unequal size: a pool's traffic is its
 * weight times its number of servers. The largest wish is tried at every weight up to `max`, the others follow by
 * rounding; the first of the best is taken, so the answer is the same every time.
 *
 * A share above 0 never becomes weight 0, and a share of 0 never anything else: "a little" and "none" are different
 * promises. So the smallest share that can be had is one part in `max` times the servers; what was really reached is
 * in the answer, for whoever asked to compare.
 */
export function splitWeights(wishes: readonly WeightWish[], max: number): readonly WeightSplit[] {
  const perServer = wishes.map(wish => (wish.servers === 0 ? 0 : wish.share / wish.servers))
  const largest = Math.max(...perServer, 0)
  if (largest === 0) return wishes.map(() => ({weight: 0, share: 0}))
  let best: {weights: number[]; error: number} | undefined
  for (let top = max; top >= 1; top--) {
    const weights = perServer.map(part => (part === 0 ? 0 : Math.max(1, Math.round((part / largest) * top))))
    const error = distance(wishes, weights)
    if (!best || error < best.error - 1e-9) best = {weights, error}
  }
  const weights = best?.weights ?? []
  return sharesOf(wishes, weights).map((share, index) => ({weight: weights[index] ?? 0, share}))
}

/** The shares that weights amount to; all 0 where nothing carries anything. */
export function sharesOf(pools: readonly {readonly servers: number}[], weights: readonly number[]): readonly Percent[] {
  const parts = pools.map((pool, index) => pool.servers * (weights[index] ?? 0))
  const whole = parts.reduce((sum, part) => sum + part, 0)
  return parts.map(part => (whole === 0 ? 0 : (part / whole) * 100))
}

function distance(wishes: readonly WeightWish[], weights: readonly number[]): number {
  return Math.max(...sharesOf(wishes, weights).map((share, index) => Math.abs(share - (wishes[index]?.share ?? 0))))
}
