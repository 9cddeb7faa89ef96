import type {DurationMs} from '../core/base/units.ts'
import type {BrownoutConfig, ServiceConfig} from '../core/config/config.ts'
import type {ContractName, ServiceName} from '../core/graph/system.ts'
import type {Who} from '../core/rollout/record.ts'
import type {Balancer, Calls, WatchedCalls} from '../ports/balancer.ts'
import type {Checks} from '../ports/checks.ts'
import type {Clock} from '../ports/clock.ts'
import type {Emit} from '../ports/emit.ts'
import type {StepHooks} from '../core/rollout/hooks.ts'
import type {Step} from '../core/plan/plan.ts'
import type {Hooks} from '../ports/hooks.ts'
import type {Holders} from '../ports/holders.ts'
import type {Releases} from '../ports/releases.ts'
import type {Runtime} from '../ports/runtime.ts'
import type {State} from '../ports/state.ts'
import type {Switcher} from '../ports/switcher.ts'
import type {Tests} from '../ports/tests.ts'

/** What a rollout needs of the world. */
export interface Deps {
  readonly state: State
  readonly runtime: Runtime
  readonly balancer: Balancer
  readonly releases: Releases
  readonly checks: Checks
  readonly switcher: Switcher
  /** Runs hooks; absent where there are none. */
  readonly hooks?: Hooks
  /** What is to be run before and after a step; absent where there is nothing. */
  readonly hooksOf?: (step: Step) => StepHooks
  readonly clock: Clock
  readonly emit: Emit
  /** Without it a lease is waited for until it expires, even where its holder is dead. */
  readonly holders?: Holders
  /** Who still calls what; without it, `contract-unused` can only be waived. */
  readonly calls?: Calls
  /** What was tested; without it, `matrix` can only be waived. */
  readonly tests?: Tests
  /** The services as they are in this environment. */
  readonly services: ReadonlyMap<ServiceName, ServiceConfig>
  /** Steps that may fail while what does not wait for them goes on; 0 without it. */
  readonly maxFailures?: number
  /** How calls to a service look, for balancers that count them. */
  readonly watched: ReadonlyMap<ServiceName, readonly WatchedCalls[]>
  /** Contracts whose old majors are browned out before they go. */
  readonly brownouts?: ReadonlyMap<ContractName, BrownoutConfig>
  /** How long a contract must have been quiet; one that is not in here needs 7 days. */
  readonly quietMs: ReadonlyMap<ContractName, DurationMs>
  /** Who shares which contract with whom, both ways: what nobody else may move meanwhile. */
  readonly neighbours: ReadonlyMap<ServiceName, ReadonlyMap<ServiceName, ContractName>>
  /** What must not be read in any record, besides what the services' own environment names as secret. */
  readonly secrets?: readonly string[]
  /** The folder of `sluice.yaml`, where commands of the user's run. */
  readonly folder: string
}

/** How one run of the loop behaves. */
export interface Options {
  readonly who: Who
  /** Why, for the record and for whoever finds the environment locked. */
  readonly reason: string
  /** Waits for gates instead of leaving with `waiting`. */
  readonly wait: boolean
  /** The number of a lease to take away from its holder, who is dead or must be stopped. */
  readonly takeover?: number
  /** How long to wait for somebody else's lease; 0, or left out, is not at all. */
  readonly lockWaitMs?: DurationMs
  /** What was taken back before is tried again. */
  readonly again?: boolean
  /** The rollout that this one takes back: its gates need not hold, and it is not undone itself. */
  readonly undoes?: string
  /**
   * Gates that need not hold, as `contract-unused:accounts-api@1`, or `all` of them; `inconclusive` goes on where checks
   * come to no verdict.
   */
  readonly waive?: readonly string[]
  /** What somebody says of hooks of which nobody knows how they ended, by `accounts-1/expand`. */
  readonly hooks?: ReadonlyMap<string, 'done' | 'again'>
  /** How many steps may be under way at once; 8 where it is not said. */
  readonly parallel?: number
  /** Aborted: stop where it is safe, and leave with `paused`. */
  readonly pause?: AbortSignal
  /** Aborted: take back what is under way, and leave with `aborted`. */
  readonly abort?: AbortSignal
}
