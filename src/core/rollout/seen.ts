import type {Failure} from '../base/failure.ts'
import type {DurationMs, Percent} from '../base/units.ts'
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
}

/** One pool as the balancer has it. */
export interface PoolSeen {
  readonly id: PoolId
  readonly servers: readonly {readonly address: string}[]
  /** The share that the weights amount to. */
  readonly share: Percent
  readonly counters?: CountersSeen
}

/** What a check of `http` or `command` last said while the present share was held. */
export interface Probe {
  readonly check: CheckConfig
  readonly verdict: 'passed' | 'failed' | 'error'
  readonly detail: string
}

/** All that a decision on one step rests on, besides the step's own past. */
export interface Seen {
  /** How long this process has watched the step in its present state, on a clock that does not jump. */
  readonly watchedMs: DurationMs
  /** Every instance of the service. Absent where the runtime gave no answer; then `blind` says why. */
  readonly instances?: readonly InstanceSeen[]
  /** Every pool the balancer knows; none where the service has no route. Absent where it gave no answer. */
  readonly pools?: readonly PoolSeen[]
  /** Who gave no answer. Nothing may be concluded from what is absent. */
  readonly blind?: Blind
  /** The last answer of each check that asks somebody. */
  readonly probes: readonly Probe[]
  /** What the last call for the present act came to, where it was refused; it is tried again for a while. */
  readonly refused?: Failure
  /** What makes trying again pointless: it could not be started, or the switch command has failed. */
  readonly fatal?: Failure
  /** The switch command has ended well. Cannot be read from the world, so only who ran it can say. */
  readonly switched?: boolean
  /** Somebody wants no step forward for now. */
  readonly paused: boolean
  /** Somebody wants the bake to be over now; its checks must hold all the same. */
  readonly promoted?: boolean
  /** Somebody wants it taken back. */
  readonly abort?: Failure
}

/** Who does not answer, and for how long now. */
export interface Blind {
  readonly of: 'runtime' | 'balancer'
  readonly forMs: DurationMs
  readonly failure: Failure
}
