import type {ServiceName} from '../../core/graph/system.ts'
import {type CellName, cellName} from '../../core/matrix/cell.ts'
import type {MatrixEvent} from '../../core/matrix/progress.ts'
import {outcomeText, searchLines} from './words.ts'

/** Cells as they run, redrawn in place. Told of everything; `end` leaves the last state standing. */
export interface LiveMatrix {
  readonly emit: (event: MatrixEvent) => void
  readonly end: () => Promise<void>
}

/** One row of the list: settled by events, never by itself. */
interface Row {
  title: string
  output: string
  readonly ended: Promise<boolean>
  readonly settle: (good: boolean) => void
}

/** A list with a row a cell, on standard error. */
export async function liveMatrix(services: readonly ServiceName[], cells: readonly CellName[]): Promise<LiveMatrix> {
  const {Listr} = await import('listr2')
  const rows = new Map<string, Row>()
  for (const service of services) for (const cell of cells) rows.set(keyOf(service, cell), rowOf(cell))
  const list = new Listr(
    services.map(service => ({
      title: service,
      task: (_context: unknown, task) =>
        task.newListr(
          cells.map(cell => rowTask(rows.get(keyOf(service, cell)))),
          {concurrent: true, exitOnError: false},
        ),
    })),
    {concurrent: true, exitOnError: false, rendererOptions: {collapseSubtasks: false}},
  )
  const running = list.run().catch(() => {})
  return {
    emit: event => settle(rows, event),
    async end() {
      for (const row of rows.values()) row.settle(true)
      await running
    },
  }
}

const keyOf = (service: ServiceName, cell: CellName) => `${service}\0${cell}`

function rowOf(title: string): Row {
  const {promise, resolve} = withResolvers()
  return {title, output: '', ended: promise, settle: resolve}
}

function withResolvers() {
  let resolve: (good: boolean) => void = () => {}
  const promise = new Promise<boolean>(settle => (resolve = settle))
  return {promise, resolve}
}

/** listr2 reads a task's title and output; both are taken from the row for as long as it is open. */
function rowTask(row: Row | undefined) {
  return {
    title: row?.title ?? '',
    task: async (_context: unknown, task: {title?: string; output: string}) => {
      if (!row) return
      const timer = setInterval(() => show(row, task), REDRAW_MS)
      const good = await row.ended
      clearInterval(timer)
      show(row, task)
      if (!good) throw new Error(row.title)
    },
  }
}

const REDRAW_MS = 100

function show(row: Row, task: {title?: string; output: string}): void {
  task.title = row.title
  if (row.output !== '') task.output = row.output
}

function settle(rows: ReadonlyMap<string, Row>, event: MatrixEvent): void {
  const row = rowFor(rows, event)
  if (!row) return
  if (event.is === 'cell-doing') row.output = event.doing
  if (event.is === 'cell-ended') {
    row.title = `${cellName(event.cell)}: ${outcomeText(event.cell)}`
    row.settle(event.cell.outcome === 'passed' || event.cell.outcome === 'skipped')
  }
  if (event.is === 'search-ended') row.title = searchLines(event.search).join('; ')
}

function rowFor(rows: ReadonlyMap<string, Row>, event: MatrixEvent): Row | undefined {
  if (event.is === 'cell-ended') return rows.get(keyOf(event.service, cellName(event.cell)))
  return event.is === 'cell-doing' ? rows.get(keyOf(event.service, event.cell)) : undefined
}
