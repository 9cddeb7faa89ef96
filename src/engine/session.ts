import type {Failure} from '../core/base/failure.ts'
import type {MaybeState, ServiceName} from '../core/graph/system.ts'
import type {Plan, StepId} from '../core/plan/plan.ts'
import type {PoolId} from '../core/rollout/pool.ts'
import type {Deps, Options} from './deps.ts'
import type {Holder} from './holder.ts'
import type {Journal} from './journal.ts'

/** One process carrying out one rollout. */
export interface Session {
  readonly deps: Deps
  readonly options: Options
  readonly id: string
  readonly plan: Plan
  readonly holder: Holder
  readonly journal: Journal
  /** The pool that really carries each service's state, where Sluice has a record of it. */
  readonly carriers: Map<ServiceName, {readonly state: MaybeState; readonly pool: PoolId | null}>
  /** Services that are only started again where they stand: nothing about them changes, so no hook is run. */
  readonly revived: ReadonlySet<ServiceName>
  /** Steps that begin again, and whose dead instances of before have not been cleared away yet. */
  readonly renewed: Set<StepId>
}

/** Somebody wants this process to stop where it is safe; what is being taken back is put back first. */
export function isLeaving(session: Session): boolean {
  const {options} = session
  // Whoever asked twice wants it back, and then stays until it is.
  if (options.abort?.aborted) return false
  return (options.pause?.aborted ?? false) || (isPaused(session) && !options.wait)
}

/** Somebody wants no step forward. Whoever waits stays, and goes on watching what has traffic. */
export function isPaused({journal}: Session): boolean {
  const {paused, aborting} = journal.state()
  return paused !== undefined && !aborting
}

/** The way back was asked for, now or before this process began. */
export function abortOf(session: Session): Failure | undefined {
  if (!session.options.abort?.aborted && !session.journal.state().aborting) return undefined
  return {code: 'aborted', message: 'taken back on request'}
}
