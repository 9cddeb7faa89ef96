import type {Failure} from '../core/base/failure.ts'

/** How a rollout stands when its loop has ended. */
export type Outcome = {readonly rollout: string} & (
  | {readonly state: 'succeeded'}
  /** Something went wrong and was taken back; what was done before stands. */
  | {readonly state: 'failed'; readonly failure: Failure; readonly undone?: Outcome}
  /** Somebody asked for the way back. */
  | {readonly state: 'aborted'; readonly failure: Failure}
  /** A person must look; nothing is done meanwhile. */
  | {readonly state: 'halted'; readonly failure: Failure}
  /** A gate does not hold, and nobody is there to wait for it. */
  | {readonly state: 'waiting'; readonly failure: Failure}
  /** Stopped on request where it is safe to stay. */
  | {readonly state: 'paused'; readonly failure: Failure}
)
