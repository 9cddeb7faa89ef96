import type {DurationMs, Instant} from '../core/base/units.ts'

/** The only source of time of the engine. Tests move it by hand. */
export interface Clock {
  /** Wall time, for records. It may jump. */
  now(): Instant
  /** Milliseconds on a clock that never jumps, for measuring and deadlines within one process. */
  monotonic(): DurationMs
  /** Resolves after `ms`, or at once when the signal is aborted. */
  sleep(ms: DurationMs, signal?: AbortSignal): Promise<void>
}
