/** One library as a service has it. */
export interface Dependency {
  readonly name: string
  /** What the lock file resolved; several where different parts of the service have different ones. */
  readonly versions: readonly string[]
  /** Does the service itself ask for it, or only one of its libraries? Undefined where the manifest is not understood. */
  readonly direct?: boolean
  /** Needed for building and testing only. */
  readonly development: boolean
}
