import type {Clock} from '../../../ports/clock.ts'
import type {Leaders} from './find.ts'
import type {Records} from './record.ts'

/** What every part of the driver works with. */
export interface Given {
  readonly records: Records
  readonly leaders: Leaders
  readonly clock: Clock
  /** Our own environment. */
  readonly env: NodeJS.ProcessEnv
  /** Names of variables to hand on beyond the usual ones. */
  readonly pass: readonly string[]
  readonly logLimitBytes: number
  /** Told of every instant at which we may be killed and must find our way again; tests die there. */
  readonly passing: (instant: CrashInstant) => void
}

/** In the order in which they come; see process.ts. */
export type CrashInstant = 'recorded' | 'spawned' | 'started' | 'asked' | 'ended' | 'forgotten'
