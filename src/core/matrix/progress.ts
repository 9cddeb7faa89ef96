import type {ServiceName} from '../graph/system.ts'
import type {Cell, CellName, Change} from './cell.ts'
import type {SearchReport} from './matrix-report.ts'

/** Everything that happens while a matrix runs: all that reports know of it. */
export type MatrixEvent =
  | {readonly is: 'service-started'; readonly service: ServiceName}
  | {readonly is: 'cell-doing'; readonly service: ServiceName; readonly cell: CellName; readonly doing: Doing}
  | {readonly is: 'cell-ended'; readonly service: ServiceName; readonly cell: Cell}
  | {readonly is: 'search-started'; readonly service: ServiceName; readonly cell: CellName; readonly updates: number}
  | {readonly is: 'probe-ended'; readonly service: ServiceName; readonly cell: CellName; readonly probe: ProbeNews}
  | {readonly is: 'search-ended'; readonly service: ServiceName; readonly search: SearchReport}
  | {readonly is: 'remark'; readonly service: ServiceName; readonly text: string}

/** What a cell is busy with. */
export type Doing = 'resolving' | 'waiting' | 'installing' | 'reusing' | 'testing' | 'testing again'

/** One try of a search, as it is told to people. */
export interface ProbeNews {
  readonly number: number
  readonly take: readonly string[]
  readonly outcome: 'passed' | 'failed' | 'unresolved'
  readonly changed: readonly Change[]
}

/** Told of everything, as it happens. */
export type MatrixEmit = (event: MatrixEvent) => void
