import type {ServiceName} from '../graph/system.ts'
import {type Cell, CELLS, type CellName, cellName, placeOf, twinOf} from './cell.ts'
import type {MatrixReport, SearchReport} from './matrix-report.ts'
import {diagnose} from './diagnosis.ts'
import {type NoAnswer, noAnswer} from './no-answer.ts'
import {findingsOf, outcomesOf} from './tests.ts'

/** Four cells and what was searched, as the document of one service. */
export function reportOf(
  service: ServiceName,
  found: readonly Cell[],
  search: readonly SearchReport[],
  asOf: string,
): MatrixReport {
  const cells = CELLS.map(name => found.find(cell => cellName(cell) === name) ?? notAsked(name))
  const findings = findingsOf(cells)
  const culprits = search.flatMap(one => one.sets.flat())
  return {
    service,
    cells,
    diagnosis: diagnose(outcomesOf(cells)),
    culprits: culprits.filter((change, at) => culprits.findIndex(other => other.name === change.name) === at),
    ...(search.length > 0 && {search}),
    ...(findings.length > 0 && {findings}),
    asOf,
  }
}

/** Several reports of one service as one: cells that ran on different machines. Of two answers the later one counts. */
export function merged(reports: readonly MatrixReport[]): MatrixReport[] {
  const services = [...new Set(reports.map(report => report.service))]
  return services.map(service => {
    const own = reports.filter(report => report.service === service)
    const cells = CELLS.flatMap(name => own.flatMap(report => cellIn(report, name)).findLast(isAnswered) ?? [])
    const latest =
      own
        .map(report => report.asOf)
        .sort()
        .at(-1) ?? ''
    return reportOf(
      service,
      cells,
      own.flatMap(report => report.search ?? []),
      latest,
    )
  })
}

/** Latest cells in which a search makes sense: red, and green with the lock file. */
export function searchable(cells: readonly Cell[]): CellName[] {
  const outcomes = outcomesOf(CELLS.map(name => cells.find(cell => cellName(cell) === name) ?? notAsked(name)))
  return CELLS.filter(
    name => twinOf(name) !== name && outcomes[name] === 'failed' && outcomes[twinOf(name)] === 'passed',
  )
}

/** A cell that nobody asked for. */
export function notAsked(name: CellName): Cell {
  return withoutAnswer(name, null, noAnswer('not-asked', 'not asked for'))
}

/** A cell without an answer; `skipped` where nobody wanted one any more. */
export function withoutAnswer(name: CellName, commit: string | null, why: NoAnswer): Cell {
  const outcome = why.code === 'not-asked' || why.code === 'failed-fast' || why.code === 'stopped' ? 'skipped' : 'error'
  return {...placeOf(name), outcome, commit, durationMs: 0, exitCode: null, log: null, changed: [], noAnswer: why}
}

const cellIn = (report: MatrixReport, name: CellName) => report.cells.filter(cell => cellName(cell) === name)
const isAnswered = (cell: Cell) => cell.noAnswer?.code !== 'not-asked'
