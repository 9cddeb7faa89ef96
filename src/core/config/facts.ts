/** What releases say of themselves, in `sluice.yaml` or in a manifest: the facts that planning starts from. */

export type ServiceName = string
export type ContractName = string

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

/** A clash that the environment knows of and lives with: shown, and not checked. */
export interface Excuse {
  readonly client: ServiceName
  readonly server: ServiceName
  readonly contract: ContractName
  readonly reason: string
}
