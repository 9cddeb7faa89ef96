import type {DurationMs} from '../base/units.ts'
import type {NoAnswer} from './no-answer.ts'
import type {TestReport} from './test-report.ts'

/** Which code a cell tests: what runs in production, or what comes next. */
export type Branch = 'prod' | 'master'

/** Which libraries it is tested with: exactly the lock file, or the newest. */
export type Dependencies = 'pinned' | 'latest'

/** `prod+pinned`, as people and `--cell` write it. */
export type CellName = `${Branch}+${Dependencies}`

/** The baseline first: the order of the table, of the diagnosis patterns and of every output. */
export const CELLS: readonly CellName[] = ['prod+pinned', 'prod+latest', 'master+pinned', 'master+latest']

/** Only `passed` and `failed` are answers; `error` says that there is none, `skipped` that nobody asked. */
export type Outcome = 'passed' | 'failed' | 'error' | 'skipped'

/** The outcome of each cell: what a diagnosis is made from. */
export type Outcomes = Readonly<Record<CellName, Outcome>>

/** One library that a cell resolved differently from its branch's lock file; null where it was not there, or is gone. */
export interface Change {
  readonly name: string
  readonly from: string | null
  readonly to: string | null
}

/** What came of one cell; SPEC section 6, and what else is known. */
export interface Cell {
  readonly branch: Branch
  readonly dependencies: Dependencies
  readonly outcome: Outcome
  /** Full SHA; null where the branch was not found. */
  readonly commit: string | null
  readonly durationMs: DurationMs
  /** Of the test command; null where it did not run, or was ended. */
  readonly exitCode: number | null
  /** Path of the full log; null where nothing ran. */
  readonly log: string | null
  readonly changed: readonly Change[]
  /** The end of what the tests wrote, where they are red. */
  readonly lastLines?: readonly string[]
  /** Why there is no answer; with `error` and `skipped` only. */
  readonly noAnswer?: NoAnswer
  /** The cell whose answer this is, since both test the same files with the same libraries. */
  readonly sameAs?: CellName
  /** The answer is from an earlier run of the same commit, libraries and command. */
  readonly remembered?: true
  /** Red at first, green when run again with nothing changed. */
  readonly flaky?: true
  /** How often the test command ran, where more than once. */
  readonly runs?: number
  /** Fingerprint of the libraries that were resolved. */
  readonly resolved?: string
  /** Single tests, where the runner reports them. */
  readonly tests?: TestReport
}

/** The name of a cell's place. */
export function cellName(cell: {readonly branch: Branch; readonly dependencies: Dependencies}): CellName {
  return `${cell.branch}+${cell.dependencies}`
}

/** The two halves of a name. */
export function placeOf(name: CellName): {readonly branch: Branch; readonly dependencies: Dependencies} {
  const [branch, dependencies] = name.split('+') as [Branch, Dependencies]
  return {branch, dependencies}
}

/** The same branch with its lock file: what a latest cell is compared with. */
export function twinOf(name: CellName): CellName {
  return `${placeOf(name).branch}+pinned`
}
