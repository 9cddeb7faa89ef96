/**
 * The system as the planner sees it: services, their releases and modes, and who speaks which contract.
 * Everything here is data; {@link compatible} in compatibility.ts is the only judgement on it.
 */

export type ServiceName = string
export type ContractName = string

/** What runs of one service. `mode` is null where the release has no modes. */
export interface State {
  readonly release: string
  readonly mode: string | null
}

/** A state, or null: not deployed. */
export type MaybeState = State | null

/** What a release, or a mode of it, says on contracts. */
export interface Speech {
  /** Versions or ranges that are served, per contract. */
  readonly provides: ReadonlyMap<ContractName, readonly string[]>
  /** The range that is called, per contract. */
  readonly consumes: ReadonlyMap<ContractName, string>
}

/** From where a release may be reached; `mode` asks for that mode of the releases in range. */
export interface UpgradesFrom {
  readonly release: string
  readonly mode?: string
}

export interface Mode extends Speech {
  readonly name: string
  /** Once here, there is no way to an earlier mode or a lower release. */
  readonly irreversible: boolean
}

export interface Release extends Speech {
  /** Semver, as written: its digits are kept. */
  readonly version: string
  /** In the order in which they are passed through; empty where the release has none. */
  readonly modes: readonly Mode[]
  readonly upgradesFrom?: UpgradesFrom
  readonly irreversible: boolean
}

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

/** A clash that the environment knows of and lives with: shown, and not checked. */
export interface Excuse {
  readonly client: ServiceName
  readonly server: ServiceName
  readonly contract: ContractName
  readonly reason: string
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
