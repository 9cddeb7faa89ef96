import {bug} from '../core/base/bug.ts'
import type {Result} from '../core/base/result.ts'
import type {DurationMs} from '../core/base/units.ts'
import type {ContractName, ServiceName} from '../core/graph/system.ts'
import type {ServiceConfig} from '../core/config/config.ts'
import type {Plan} from '../core/plan/plan.ts'
import type {Who} from '../core/rollout/record.ts'
import type {Balancer, Calls} from '../ports/balancer.ts'
import type {Clock} from '../ports/clock.ts'
import type {Emit} from '../ports/emit.ts'
import type {Releases} from '../ports/releases.ts'
import type {Runtime} from '../ports/runtime.ts'
import type {State} from '../ports/state.ts'
import type {Outcome} from './outcome.ts'

/** What a rollout needs of the world. */
export interface Deps {
  readonly state: State
  readonly runtime: Runtime
  readonly balancer: Balancer
  readonly releases: Releases
  readonly clock: Clock
  readonly emit: Emit
  /** Who still calls what; without it, `contract-unused` can only be waived. */
  readonly calls?: Calls
  /** The services as they are in this environment. */
  readonly services: ReadonlyMap<ServiceName, ServiceConfig>
  /** How long a contract must have been quiet; one that is not in here needs 7 days. */
  readonly quietMs: ReadonlyMap<ContractName, DurationMs>
  /** Who shares a contract with whom, both ways: what nobody else may move meanwhile. */
  readonly neighbours: ReadonlyMap<ServiceName, readonly ServiceName[]>
}

/** How one run of the loop behaves. */
export interface Options {
  readonly who: Who
  /** Why, for the record and for whoever finds the environment locked. */
  readonly reason: string
  /** Waits for gates instead of leaving with `waiting`. */
  readonly wait: boolean
  /** How long to wait for somebody else's lease; 0 is not at all. */
  readonly lockWaitMs?: DurationMs
  /** Gates that need not hold, as `contract-unused:accounts-api@1`, or `all`. */
  readonly waive?: readonly string[]
  /** How many steps may be under way at once; 8 where it is not said. */
  readonly parallel?: number
  /** Aborted: stop where it is safe, and leave with `paused`. */
  readonly pause?: AbortSignal
  /** Aborted: take back what is under way, and leave with `aborted`. */
  readonly abort?: AbortSignal
}

/** Carries out a plan under a new id. The failure is one before anything was done: `locked`, `plan-stale`, ... */
export async function run(deps: Deps, plan: Plan, id: string, options: Options): Promise<Result<Outcome>> {
  return bug(`the loop is not here yet: ${[deps, plan, id, options].length}`)
}

/** Goes on with a rollout that was left, from what is really there. */
export async function resume(deps: Deps, environment: string, id: string, options: Options): Promise<Result<Outcome>> {
  return bug(`the loop is not here yet: ${[deps, environment, id, options].length}`)
}
