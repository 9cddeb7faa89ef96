import type {ServiceName} from '../../core/graph/system.ts'
import {type CellName, cellName} from '../../core/matrix/cell.ts'
import type {MatrixEvent} from '../../core/matrix/progress.ts'
import {outcomeText, searchLines} from './words.ts'

/** Cells as they run, redrawn in place. Told of everything; `end` leaves the last state standing. */
export interface LiveMatrix {
  readonly emit: (event: MatrixEvent) => void
  readonly end: () => Promise<void>
}

/** What listr2 gives a row to be shown by. */
interface ShownTask {
  title?: string
  output: string
}

/** One row of the list: settled by events, never by itself. */
interface Row {
  task?: ShownTask
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
    {concurrent: true, exitOnError: false, registerSignalListeners: false, rendererOptions: {collapseSubtasks: false}},
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

function rowTask(row: Row | undefined) {
  return {
    title: row?.title ?? '',
    task: async (_context: unknown, task: ShownTask) => {
      if (!row) return
      row.task = task
      show(row)
      if (!(await row.ended)) throw new Error(row.title)
    },
  }
}

/** To the list, as soon as the list has begun with this row. */
function show({task, title, output}: Row): void {
  if (!task) return
  task.title = title
  if (output !== '') task.output = output
}

function settle(rows: ReadonlyMap<string, Row>, event: MatrixEvent): void {
  const row = rowFor(rows, event)
  if (!row) return
  if (event.is === 'cell-doing') row.output = event.doing
  if (event.is === 'cell-ended') {
    row.title = `${cellName(event.cell)}: ${outcomeText(event.cell)}`
    show(row)
    row.settle(event.cell.outcome === 'passed' || event.cell.outcome === 'skipped')
  }
  if (event.is === 'search-ended') row.title = searchLines(event.search).join('; ')
  show(row)
}

function rowFor(rows: ReadonlyMap<string, Row>, event: MatrixEvent): Row | undefined {
  if (event.is === 'cell-ended') return rows.get(keyOf(event.service, cellName(event.cell)))
  return event.is === 'cell-doing' ? rows.get(keyOf(event.service, event.cell)) : undefined
}
