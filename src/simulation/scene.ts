import type {DurationMs} from '../core/base/units.ts'
import type {ServiceConfig} from '../core/config/config.ts'
import type {MaybeState, ServiceName, State, System} from '../core/graph/system.ts'
import type {Plan, Step} from '../core/plan/plan.ts'
import type {StepHooks} from '../core/rollout/hooks.ts'
import type {PoolId} from '../core/rollout/pool.ts'
import type {Deps} from '../engine/deps.ts'
import type {Behaviour} from './runtime.ts'

/** What is simulated: a system, the plan to carry out in it, and how its releases behave. */
export interface Scene {
  readonly system: System
  readonly services: ReadonlyMap<ServiceName, ServiceConfig>
  readonly current: ReadonlyMap<ServiceName, State>
  readonly target: ReadonlyMap<ServiceName, MaybeState>
  readonly plan: Plan
  /** What is run before and after steps; nothing where it is absent. */
  readonly hooks?: (step: Step) => StepHooks
  /** Contracts whose old majors are browned out before they go. */
  readonly brownouts?: Deps['brownouts']
  /** Who shares a contract with whom; nobody, where it is left out. */
  readonly neighbours?: Deps['neighbours']
  /** Requests to each service in a second; 400 where it is left out. */
  readonly perSecond?: number
  /** In how long things go wrong; a few seconds where it is left out. */
  readonly spanMs?: DurationMs
  /** A release that is not in here is healthy after a moment, and answers well. */
  readonly behaviour: (service: ServiceName, pool: PoolId) => Behaviour | undefined
}
