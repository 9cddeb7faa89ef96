import type {Instant, Percent} from '../base/units.ts'
import type {StepId} from '../plan/plan.ts'
import type {PoolId} from '../rollout/pool.ts'
import type {Recorded} from '../rollout/record.ts'
import type {Probed} from '../rollout/seen.ts'

/**
 * Everything that happens in a rollout: what the journal keeps, and what passes. Reports are made from these alone.
 * `code` says which it is.
 */
export type Event = Happened & (Recorded | Passing)

/** What every event says besides. */
interface Happened {
  readonly at: Instant
  readonly rollout: string
  /** Where it stands in the record of the rollout; absent for what passes. */
  readonly entry?: number
}

/** Told while it happens and not kept, since reality can be asked again. */
export type Passing =
  /** How far what a start needs has come, such as an image that is pulled. */
  | {readonly code: 'preparing'; readonly step: StepId; readonly message: string}
  /** How far a starting pool has come. */
  | {
      readonly code: 'instances-seen'
      readonly step: StepId
      readonly pool: PoolId
      readonly healthy: number
      readonly wanted: number
    }
  /** A share under watch: what was asked, what the counters say since it was set, and how much of the bake is over. */
  | {
      readonly code: 'share-seen'
      readonly step: StepId
      readonly asked: Percent
      readonly measured?: Percent
      readonly requests: number
      readonly errors: number
      readonly heldMs: number
      readonly bakeMs: number
    }
  /** A check that asks somebody has heard an answer. */
  | {
      readonly code: 'check-answered'
      readonly step: StepId
      readonly check: string
      readonly verdict: Probed['verdict']
      readonly detail: string
    }
  /** A driver did not do what it was asked; it is asked again for a while. */
  | {readonly code: 'call-failed'; readonly step: StepId; readonly what: string; readonly message: string}
  /** Somebody else holds the environment, and we wait for them. */
  | {readonly code: 'lock-awaited'; readonly message: string}
  /** The record has not been reached since then: the rollout halts where it must be written. */
  | {readonly code: 'record-away'; readonly since: string; readonly message: string}
  /** It answers again, and the lease still stands. */
  | {readonly code: 'record-back'; readonly since: string}
  /** A webhook did not take a message, however often it was tried. */
  | {readonly code: 'notification-failed'; readonly to: string; readonly message: string}
