import type {Counters} from '../../../../ports/balancer.ts'
import type {DurationMs} from '../../../../core/base/units.ts'

/** What one pool has done since it became known to this process. */
export interface Meter {
  readonly epoch: string
  requests: number
  errors: number
  /** Answers per bound of {@link BOUNDS}. */
  readonly latencies: number[]
}

/** Each 15 % above the one before, so that a quantile read from them is wrong by less than that. */
export const BOUNDS: readonly DurationMs[] = [...geometric(0.25, 60_000, 1.15), Number.POSITIVE_INFINITY]

export function createMeter(epoch: string): Meter {
  return {epoch, requests: 0, errors: 0, latencies: BOUNDS.map(() => 0)}
}

/** Counts one answer that began after `ms`. */
export function countLatency(meter: Meter, ms: DurationMs): void {
  const index = boundOf(ms)
  meter.latencies[index] = (meter.latencies[index] ?? 0) + 1
}

export function countersOf(meter: Meter): Counters {
  const latency = BOUNDS.map((leMs, index) => ({leMs, count: meter.latencies[index] ?? 0}))
  return {epoch: meter.epoch, requests: meter.requests, errors: meter.errors, latency}
}

/** The lowest bound that holds the value, by halving. */
function boundOf(ms: DurationMs): number {
  let low = 0
  let high = BOUNDS.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (ms <= (BOUNDS[middle] ?? Number.POSITIVE_INFINITY)) high = middle
    else low = middle + 1
  }
  return low
}

function geometric(from: number, to: number, ratio: number): number[] {
  const bounds: number[] = []
  for (let bound = from; bound < to; bound *= ratio) bounds.push(Number(bound.toPrecision(3)))
  return [...bounds, to]
}
