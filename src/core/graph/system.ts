/**
 * The system as the planner sees it: services, their releases and modes, and who speaks which contract.
 * Everything here is data; {@link compatible} in compatibility.ts is the only judgement on it.
 */

import type {ContractName, Excuse, Release, ServiceName} from '../config/facts.ts'

export type {ContractName, Excuse, Mode, Release, ServiceName, Speech} from '../config/facts.ts'

/** What runs of one service. `mode` is null where the release has no modes. */
export interface State {
  readonly release: string
  readonly mode: string | null
}

/** A state, or null: not deployed. */
export type MaybeState = State | null

export interface Contract {
  readonly name: ContractName
  /** `strict`: both sides name exact versions. */
  readonly compatibility: 'tolerant' | 'strict'
}

export interface Service {
  readonly name: ServiceName
  /** Ascending by semver precedence. */
  readonly releases: readonly Release[]
  /** Services that must be where the plan leaves them before this one moves. */
  readonly after: readonly ServiceName[]
}

export interface System {
  readonly name: string
  /** Declared ones; a contract that is not in here is tolerant. */
  readonly contracts: ReadonlyMap<ContractName, Contract>
  readonly services: ReadonlyMap<ServiceName, Service>
  /** Of each list, never two services in one wave. */
  readonly apart: readonly (readonly ServiceName[])[]
}

/** One planning question. A service that is in neither map is not deployed and stays so. */
export interface Question {
  readonly system: System
  readonly environment: string
  readonly current: ReadonlyMap<ServiceName, State>
  /** Only these services move; null takes the service away. */
  readonly target: ReadonlyMap<ServiceName, MaybeState>
  readonly excuses: readonly Excuse[]
}
