import type {ServiceName} from '../../core/graph/system.ts'
import {type CellName, cellName} from '../../core/matrix/cell.ts'
import type {MatrixEvent} from '../../core/matrix/progress.ts'
import {searchingText} from './lines.ts'
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
  /** What its cell came to, while a search may still have a word for it. */
  good?: boolean
  readonly ended: Promise<boolean>
  readonly settle: (good: boolean) => void
}

/**
 * A list with a row a cell, on standard error. Where culprits are searched for, a red cell with newer libraries goes on until
 * its search has ended: the list shows how far that has come.
 */
export async function liveMatrix(
  services: readonly ServiceName[],
  cells: readonly CellName[],
  searches: boolean,
): Promise<LiveMatrix> {
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
    emit: event => settle(rows, event, searches),
    async end() {
      for (const row of rows.values()) row.settle(row.good ?? true)
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

function settle(rows: ReadonlyMap<string, Row>, event: MatrixEvent, searches: boolean): void {
  const row = rowFor(rows, event)
  if (!row) return
  switch (event.is) {
    case 'cell-doing':
      row.output = event.doing
      break
    case 'search-started':
    case 'probe-ended':
      row.output = searchingText(event)
      break
    case 'cell-ended': {
      const {outcome, dependencies} = event.cell
      row.title = `${cellName(event.cell)}: ${outcomeText(event.cell)}`
      row.good = outcome === 'passed' || outcome === 'skipped'
      if (!(searches && outcome === 'failed' && dependencies === 'latest')) row.settle(row.good)
      break
    }
    case 'search-ended':
      row.title = searchLines(event.search).join('; ')
      row.settle(false)
      break
    default:
  }
  show(row)
}

function rowFor(rows: ReadonlyMap<string, Row>, event: MatrixEvent): Row | undefined {
  switch (event.is) {
    case 'service-started':
    case 'remark':
      return undefined
    case 'cell-ended':
      return rows.get(keyOf(event.service, cellName(event.cell)))
    case 'search-ended':
      return rows.get(keyOf(event.service, event.search.cell))
    default:
      return rows.get(keyOf(event.service, event.cell))
  }
}
