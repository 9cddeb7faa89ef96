import type {MatrixReport} from '../../core/matrix/matrix-report.ts'
import {matrixJUnit} from '../../report/matrix/junit.ts'
import {matrixMarkdown} from '../../report/matrix/markdown.ts'
import {matrixText} from '../../report/matrix/table.ts'
import type {Look} from '../../report/look.ts'

/** What `--format` of the matrix commands takes. */
export const matrixFormats = ['table', 'markdown', 'junit'] as const

/** One of them. */
export type MatrixFormat = (typeof matrixFormats)[number]

/** Reports as text for standard output. */
export function rendered(reports: readonly MatrixReport[], format: MatrixFormat, look: Look): string {
  if (format === 'markdown') return matrixMarkdown(reports)
  return format === 'junit' ? matrixJUnit(reports) : matrixText(reports, look)
}

/** SPEC section 6 has the document of one service; of several, it is a list. */
export function documentOf(reports: readonly MatrixReport[]): MatrixReport | readonly MatrixReport[] {
  const [only] = reports
  return only && reports.length === 1 ? only : reports
}

/** 1 where any cell that was asked for is not green. */
export function exitOf(reports: readonly MatrixReport[]): 0 | 1 {
  const cells = reports.flatMap(report => report.cells)
  return cells.some(cell => cell.outcome === 'failed' || cell.outcome === 'error' || cell.noAnswer?.code === 'stopped')
    ? 1
    : 0
}
