import type {LogFormat} from '../../core/config/config.ts'
import type {Clock} from '../../ports/clock.ts'
import type {Counting} from './counting.ts'
import type {UsageRecord} from './record/record.ts'

/** Lines of one source that are read into the record. */
export interface Reading {
  readonly source: string
  /** How its lines are written; told by the first of them without it. */
  readonly format?: LogFormat
  readonly counting: Counting
  readonly record: UsageRecord
  readonly clock: Clock
}

/** A reading that goes on until somebody ends it. */
export interface EndlessReading extends Reading {
  readonly signal: AbortSignal
  /** Told what a person should know: rotations, truncations, losses. */
  readonly say: (text: string) => void
}

/** Counts are written down at least this often, and with them until when nothing was missed. */
export const COMMIT_MS = 2000
