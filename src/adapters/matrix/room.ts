import type {Line} from './ecosystem.ts'
import type {ProgramEnd} from './program.ts'

/** Where the commands of one cell run. */
export interface CellPlace {
  /** The cell's own folder: home and tmp are in it. */
  readonly folder: string
  readonly checkout: string
  readonly log: string
}

/** What cells run in: this machine, or a container for each command line. */
export interface Room {
  /** What an answer depends on of it; empty for this machine. */
  readonly name: string
  /** Runs one line to its end, its output appended to the log, and ends everything it started. */
  readonly run: (line: Line, place: CellPlace) => Promise<ProgramEnd>
  /** What a program says of its version; undefined where it is not there. */
  readonly version: (command: readonly string[]) => Promise<string | undefined>
}
