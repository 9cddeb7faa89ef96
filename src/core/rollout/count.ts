import type {PoolId} from './pool.ts'
import type {Baseline} from './record.ts'
import type {CountersSeen, PoolSeen} from './seen.ts'

/** What one pool was asked and how it answered since the share was set. */
export interface Counted {
  readonly requests: number
  readonly errors: number
  readonly latency: CountersSeen['latency']
}

/** Counted on one pool since the baseline; undefined where nothing counts. */
export function countedOn(pool: PoolId | null, pools: readonly PoolSeen[], baseline: Baseline): Counted | undefined {
  const now = pools.find(({id}) => id === pool)?.counters
  return now && pool !== null ? whole(since(baseline[pool], now)) : undefined
}

/** A request that failed may be counted as such before it is counted at all. */
function whole(counted: Counted): Counted {
  return {...counted, requests: Math.max(counted.requests, counted.errors)}
}

/** Counters that began anew count from 0, so that all they show is since then. */
function since(before: CountersSeen | undefined, now: CountersSeen): Counted {
  if (!before || before.epoch !== now.epoch) return now
  const earlier = new Map(before.latency.map(({leMs, count}) => [leMs, count]))
  return {
    requests: now.requests - before.requests,
    errors: now.errors - before.errors,
    latency: now.latency.map(({leMs, count}) => ({leMs, count: count - (earlier.get(leMs) ?? 0)})),
  }
}

/** The counters of every pool, to count from. */
export function baselineOf(pools: readonly PoolSeen[]): Baseline {
  return Object.fromEntries(
    pools.flatMap(({id, counters, servers}) => {
      const underWay = servers.reduce((sum, {inFlight = 0}) => sum + inFlight, 0)
      return counters ? [[id, {...counters, ...(underWay > 0 && {underWay})}] as const] : []
    }),
  )
}

/** How many answers took longer; within a bucket they are taken to be spread evenly. */
export function slowerThan(latency: Counted['latency'], ms: number): number {
  let floor = 0
  let slow = 0
  for (const {leMs, count} of latency) {
    if (floor >= ms) slow += count
    else if (leMs > ms) slow += Number.isFinite(leMs) ? (count * (leMs - ms)) / (leMs - floor) : count
    floor = leMs
  }
  return slow
}

/** What so much of all answers took at most, spread evenly within a bucket; Infinity where the last bound is not known. */
export function quantileOf(latency: Counted['latency'], part: number): number {
  const wanted = part * latency.reduce((sum, {count}) => sum + count, 0)
  let floor = 0
  let below = 0
  for (const {leMs, count} of latency) {
    if (count > 0 && below + count >= wanted) return floor + ((wanted - below) / count) * (leMs - floor)
    below += count
    floor = leMs
  }
  return Infinity
}
