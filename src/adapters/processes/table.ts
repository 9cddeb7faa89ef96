/** What the system tells of its processes. Small and synchronous: a signal must follow a look without a pause. */
export interface ProcessTable {
  /** Names this run of the machine (and of the container); other runs have other processes under the same numbers. */
  boot(): string
  /** When the process started, as text that sorts by time and only equals itself; undefined where there is none, or only its corpse. */
  started(pid: number): string | undefined
  /**
   * Every process that was given `variable` with a value starting with `prefix`, or that writes its output to a path
   * starting so (some programs write their title over their environment).
   */
  marked(variable: string, prefix: string): readonly MarkedProcess[]
}

export interface MarkedProcess {
  readonly pid: number
  readonly started: string
  /** Whether it leads a process group, as the first process of an instance does. */
  readonly leads: boolean
  /** The rest of the value after the prefix. */
  readonly mark: string
  /** Another variable it was given. */
  env(name: string): string | undefined
}
