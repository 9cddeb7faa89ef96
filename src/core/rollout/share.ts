import type {Percent} from '../base/units.ts'
import type {Course} from './course.ts'
import type {PoolId} from './pool.ts'
import type {Baseline, Measured} from './record.ts'
import {countedOn} from './count.ts'
import type {PoolSeen} from './seen.ts'

/** Balancers weigh in whole numbers, so a share may be off by this; all and nothing are exact. */
const WEIGHT_ERROR: Percent = 1
const NOTHING: Percent = 0.01

/** Whether the weights amount to what was asked: `next` its share, `current` the rest, nobody else anything. */
export function isRouted(course: Course, asked: Percent, pools: readonly PoolSeen[]): boolean {
  const exact = asked === 0 || asked === 100
  const off = Math.abs(shareOf(course.next, pools) - asked)
  const strangers = pools.filter(({id}) => id !== course.next && id !== course.current)
  const rest = Math.abs(shareOf(course.current, pools) - (100 - asked))
  const allowed = exact ? NOTHING : WEIGHT_ERROR
  return (
    off <= allowed && (course.current === null || rest <= allowed) && strangers.every(({share}) => share <= NOTHING)
  )
}

export function shareOf(pool: PoolId | null, pools: readonly PoolSeen[]): Percent {
  return pools.find(({id}) => id === pool)?.share ?? 0
}

/** What `next` really got since the share was set. */
export function measure(
  course: Course,
  pools: readonly PoolSeen[],
  baseline: Baseline,
  checks: Measured['checks'] = [],
): Measured {
  const next = countedOn(course.next, pools, baseline)
  const total = pools.reduce((sum, {id}) => sum + (countedOn(id, pools, baseline)?.requests ?? 0), 0)
  const {requests = 0, errors = 0} = next ?? {}
  const underWay = Object.values(baseline).reduce((sum, {underWay: before = 0}) => sum + before, 0)
  const share = next && total > 0 ? {share: (requests / total) * 100} : {}
  return {...share, requests, errors, total, ...(underWay > 0 && {underWay}), checks}
}

/** Requests that can be told apart from chance only when there are some. */
const ENOUGH = 100

/**
 * Whether the requests went another way than the weights say, beyond what chance and requests under way explain: four
 * standard deviations, and never less than five points, or half of what was asked where that is less.
 */
export function strays(asked: Percent, measured: Measured): boolean {
  if (measured.share === undefined || measured.total < ENOUGH) return false
  const spread = Math.sqrt((asked * (100 - asked)) / measured.total)
  const before = ((measured.underWay ?? 0) / measured.total) * 100
  return Math.abs(measured.share - asked) > Math.max(Math.min(5, asked / 2), 4 * spread) + before
}
