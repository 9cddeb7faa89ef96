import type {LimitFunction} from 'p-limit'
import type {Latest} from '../adapters/matrix/ecosystem.ts'
import type {CellCommands} from '../adapters/matrix/revision.ts'
import type {Workbench} from '../adapters/matrix/workbench.ts'
import type {MatrixContainer} from '../core/config/config.ts'
import type {ServiceName} from '../core/graph/system.ts'
import type {CellName} from '../core/matrix/cell.ts'
import type {MatrixEmit} from '../core/matrix/progress.ts'

/** One service whose cells are wanted. */
export interface ServiceAsked {
  readonly service: ServiceName
  /** Absolute path or URL. */
  readonly repo: string
  /** Branch, tag or commit; undefined where nobody knows what is in production. */
  readonly prod: string | undefined
  /** Undefined: the repository's own main line. */
  readonly master: string | undefined
  readonly commands: CellCommands
  readonly latest: Latest
  /** Commands run in containers of this kind; on this machine without it. */
  readonly container?: MatrixContainer
  readonly cells: readonly CellName[]
  /** How many probes a search for culprits may take; 0: none is made. */
  readonly searchBudget: number
}

/** What the cells of all services share. */
export interface MatrixRun {
  readonly bench: Workbench
  /** As many cells at once as there are cores for. */
  readonly limit: LimitFunction
  /** A few more than that are checked out already while they wait for their turn. */
  readonly ahead: LimitFunction
  readonly failFast: boolean
  readonly emit: MatrixEmit
  /** `seen` becomes true with the first red cell of a run that fails fast. */
  readonly red: {seen: boolean}
}
