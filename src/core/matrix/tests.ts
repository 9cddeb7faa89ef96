import {byText} from '../base/order.ts'
import {CELLS, type Cell, type CellName, type Outcome, type Outcomes, cellName} from './cell.ts'
import {patternOf} from './diagnosis.ts'
import {DIAGNOSES, type DiagnosisCode} from './diagnosis-table.ts'
import type {TestReport} from './test-report.ts'

/** Tests that are red in the same cells, and what that means for them alone. */
export interface TestFinding {
  readonly code: DiagnosisCode
  readonly tests: readonly string[]
}

/**
 * The outcomes that are diagnosed: what is red everywhere for the same tests is a known failure, and hides nothing.
 * A cell that fails only known failures counts as passed, as long as single tests are known for all four cells.
 */
export function outcomesOf(cells: readonly Cell[]): Outcomes {
  const known = knownFailures(cells)
  const judged = (cell: Cell): Outcome =>
    cell.outcome === 'failed' && known.size > 0 && onlyKnown(cell.tests, known) ? 'passed' : cell.outcome
  return Object.fromEntries(cells.map(cell => [cellName(cell), judged(cell)])) as Outcomes
}

/** Tests that fail in all four cells, while each cell runs other tests that pass. */
export function knownFailures(cells: readonly Cell[]): ReadonlySet<string> {
  const reports = reportsOf(cells)
  if (!reports || [...reports.values()].some(report => report.passed.length === 0)) return new Set()
  const [first, ...others] = [...reports.values()].map(report => new Set(report.failed))
  return new Set([...(first ?? [])].filter(test => others.every(failed => failed.has(test))))
}

/** The table read for each single test; only tests that all four cells ran, and that are not green in all. */
export function findingsOf(cells: readonly Cell[]): TestFinding[] {
  const reports = reportsOf(cells)
  if (!reports) return []
  const byCode = new Map<DiagnosisCode, string[]>()
  for (const [test, outcomes] of outcomesOfTests(reports)) {
    const pattern = patternOf(outcomes)
    if (!pattern || pattern === 'PPPP') continue
    const {code} = DIAGNOSES[pattern]
    byCode.set(code, [...(byCode.get(code) ?? []), test])
  }
  return [...byCode].map(([code, tests]) => ({code, tests: tests.sort(byText)})).sort((a, b) => byText(a.code, b.code))
}

function reportsOf(cells: readonly Cell[]): Map<CellName, TestReport> | undefined {
  const reports = new Map(cells.flatMap(cell => (cell.tests ? [[cellName(cell), cell.tests] as const] : [])))
  return reports.size === CELLS.length ? reports : undefined
}

function outcomesOfTests(reports: ReadonlyMap<CellName, TestReport>): Map<string, Outcomes> {
  const tests = new Map<string, Record<CellName, Outcome>>()
  const note = (cell: CellName, outcome: Outcome) => (test: string) => {
    const outcomes = tests.get(test) ?? {...UNSEEN}
    outcomes[cell] = outcome
    tests.set(test, outcomes)
  }
  for (const [cell, report] of reports) {
    report.passed.forEach(note(cell, 'passed'))
    report.failed.forEach(note(cell, 'failed'))
  }
  return tests
}

const UNSEEN: Outcomes = {
  'prod+pinned': 'skipped',
  'prod+latest': 'skipped',
  'master+pinned': 'skipped',
  'master+latest': 'skipped',
}

function onlyKnown(report: TestReport | undefined, known: ReadonlySet<string>): boolean {
  return report !== undefined && report.failed.length > 0 && report.failed.every(test => known.has(test))
}
