import type {GateConfig} from '../config/config.ts'
import type {ContractName, Excuse, MaybeState, ServiceName} from '../graph/system.ts'

export type StepId = string

/** Why a step stands where it stands, in words a person can check. */
export interface Reason {
  /** Absent where the reason is `after` or `apart`, not a contract. */
  readonly contract?: ContractName
  /** The other service. */
  readonly with?: ServiceName
  readonly text: string
}

/** Nobody calls a major of a contract any more that the step takes away. It follows from the contracts. */
export interface ContractUnused {
  readonly kind: 'contract-unused'
  readonly contract: ContractName
  readonly major: number
}

/** A condition that must hold before a step starts; all but the first kind stand in the configuration. */
export type Gate = ContractUnused | GateConfig

export interface Step {
  /** `<service>-<n>`, n counting the steps of that service from 1. */
  readonly id: StepId
  /** Counts from 1; the layer that follows from `after`. */
  readonly wave: number
  readonly service: ServiceName
  readonly action: 'deploy' | 'switch'
  readonly from: MaybeState
  readonly to: MaybeState
  /** Steps that must be finished before this one starts. Any schedule that respects it is safe. */
  readonly after: readonly StepId[]
  readonly gates: readonly Gate[]
  /** False where the way back is barred once it is done. */
  readonly reversible: boolean
  readonly reasons: readonly Reason[]
}

/** The document of `plan --json` and of a kept plan file; SPEC section 6. */
export interface Plan {
  readonly sluicePlan: 1
  readonly system: string
  readonly environment: string
  /** `sha256:...` over what the plan was made from; a plan is refused where it no longer fits. */
  readonly fingerprint: string
  /** False where the time limit ended the proof that nothing better exists. Safe all the same. */
  readonly optimal: boolean
  /** By wave, then by service name. */
  readonly steps: readonly Step[]
  /** Clashing pairs that the environment excuses and that were not checked; absent where there are none. */
  readonly excused?: readonly Excuse[]
}

/** Two releases that clash on a contract. */
export interface Conflict {
  readonly contract: ContractName
  readonly client: {readonly service: ServiceName; readonly release: string | null; readonly mode?: string}
  readonly server: {readonly service: ServiceName; readonly release: string | null; readonly mode?: string}
  readonly text: string
}

/** What would resolve a conflict: moving one more service, or a release that does not exist yet. */
export interface Suggestion {
  readonly kind: 'move' | 'bridge'
  readonly service: ServiceName
  readonly release?: string
  readonly text: string
}

/** Why there is no plan: a proof, the present clash, or the time limit. */
export interface NoPlan {
  readonly sluicePlan: 1
  readonly steps: null
  /** `impossible`: proven. `clash`: what runs now clashes. `time`: none found in time, which proves nothing. */
  readonly why: 'impossible' | 'clash' | 'time'
  /** What stands in the way where no conflict says it, as a required stop that nobody can reach. */
  readonly text?: string
  readonly conflicts: readonly Conflict[]
  readonly suggestions: readonly Suggestion[]
}
