import type {Failure} from '../base/failure.ts'
import type {DurationMs, Percent} from '../base/units.ts'
import type {ContractName} from '../config/facts.ts'
import type {CheckConfig} from '../config/config.ts'
import type {PoolId} from './pool.ts'

/** One instance, as far as decisions need it. */
export interface InstanceSeen {
  readonly pool: PoolId
  readonly address: string
  readonly health: 'starting' | 'healthy' | 'unhealthy' | 'exited'
  readonly detail?: string
}

/** Counted since `epoch` began; see the balancer port. */
export interface CountersSeen {
  readonly epoch: string
  readonly requests: number
  readonly errors: number
  readonly latency: readonly {readonly leMs: number; readonly count: number}[]
  /** Requests that were being answered when this was read: they are counted when they end. Absent for none. */
  readonly underWay?: number
}

/** One pool as the balancer has it. */
export interface PoolSeen {
  readonly id: PoolId
  readonly servers: readonly {readonly address: string; readonly inFlight?: number}[]
  /** The share that the weights amount to. */
  readonly share: Percent
  readonly counters?: CountersSeen
}

/** One answer to a check that asks somebody. `error`: nothing was found out, which says nothing on the release. */
export interface Probed {
  readonly verdict: 'passed' | 'failed' | 'inconclusive' | 'error'
  /** One line or a few: what was answered, by whom. */
  readonly detail: string
}

/** What all answers so far came to. */
export interface Tally {
  readonly answers: number
  readonly failed: number
  readonly inconclusive: number
  /** Since the last answer. */
  readonly errorsInARow: number
}

/** What a check that asks somebody has heard while the present share was held; the detail is that of the last. */
export interface Probe {
  readonly check: CheckConfig
  readonly tally: Tally
  readonly detail: string
}

/** How a hook has ended, with the end of what it wrote. */
export interface HookEnded {
  readonly ok: boolean
  readonly output: string
  readonly tookMs: DurationMs
}

/** All that a decision on one step rests on, besides the step's own past. */
export interface Seen {
  /** How long this process has watched the step in its present state, on a clock that does not jump. */
  readonly watchedMs: DurationMs
  /** Every instance of the service. Absent where the runtime gave no answer; then `blind` says why. */
  readonly instances?: readonly InstanceSeen[]
  /** Every pool the balancer knows; none where the service has no route. Absent where it gave no answer. */
  readonly pools?: readonly PoolSeen[]
  /** What the balancer answers 410 to. Absent where it gave no answer, or cannot. */
  readonly gone?: readonly {readonly contract: ContractName; readonly major: number; readonly share: Percent}[]
  /** Who has called what is browned out. */
  readonly callers?: readonly string[]
  /** Who gave no answer. Nothing may be concluded from what is absent. */
  readonly blind?: Blind
  /** What each check that asks somebody has heard. */
  readonly probes: readonly Probe[]
  /** What the last call for the present act came to, where it was refused; it is tried again for a while. */
  readonly refused?: Failure
  /** What makes trying again pointless: it could not be started, or the switch command has failed. */
  readonly fatal?: Failure
  /** The switch command has ended well. Cannot be read from the world, so only who ran it can say. */
  readonly switched?: boolean
  /** The present act was intended by this very process, so it knows whether it was done. */
  readonly isOwn?: boolean
  /** How the hook that this process ran has ended. */
  readonly hook?: HookEnded
  /** What somebody says of a hook of which nobody knows how it ended: it has run, or it is to run again. */
  readonly told?: 'done' | 'again'
  /** Somebody wants no step forward for now. */
  readonly paused: boolean
  /** Somebody wants the bake to be over now; its checks must hold all the same. */
  readonly promoted?: boolean
  /** Somebody goes on where checks come to no verdict. */
  readonly accepts?: boolean
  /** Somebody wants it taken back. */
  readonly abort?: Failure
}

/** Who does not answer, and for how long now. */
export interface Blind {
  readonly of: 'runtime' | 'balancer'
  readonly forMs: DurationMs
  readonly failure: Failure
}
