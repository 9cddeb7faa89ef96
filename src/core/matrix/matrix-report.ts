import type {ServiceName} from '../graph/system.ts'
import type {Cell, CellName, Change} from './cell.ts'
import type {Diagnosis} from './diagnosis.ts'
import type {TestFinding} from './tests.ts'

/** The document of one service; SPEC section 6, and what else is known. */
export interface MatrixReport {
  readonly service: ServiceName
  /** Always four, in the order of {@link CELLS}. */
  readonly cells: readonly Cell[]
  readonly diagnosis: Diagnosis
  /** Every update of every smallest set that breaks a latest cell; empty where none was looked for. */
  readonly culprits: readonly Change[]
  /** How the culprits were found, where they were looked for. */
  readonly search?: readonly SearchReport[]
  /** What single tests tell beyond the four outcomes. */
  readonly findings?: readonly TestFinding[]
  /** What should be known of the repository besides, such as changes in it that are not committed. */
  readonly remarks?: readonly string[]
  /** ISO 8601, UTC: when "latest" was looked up. */
  readonly asOf: string
}

/** What a search for culprits in one cell came to. */
export interface SearchReport {
  readonly cell: CellName
  /** `found`: the rest is proven green. `budget`: given up; the guilty are among `suspects`. `impossible`: says why. */
  readonly result: 'found' | 'budget' | 'impossible'
  /** Smallest sets that break the cell, each as a whole. */
  readonly sets: readonly (readonly Change[])[]
  /** What the green lock file holds back. */
  readonly held: readonly Change[]
  /** Among these are the guilty, where the search was given up. */
  readonly suspects: readonly Change[]
  /** How many times the tests ran for it. */
  readonly runs: number
  /** The lock file that takes everything but `held`, proven green. */
  readonly lock?: string
  readonly why?: string
}
