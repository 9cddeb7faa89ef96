import {type Cell, cellName} from '../../core/matrix/cell.ts'
import type {MatrixReport} from '../../core/matrix/matrix-report.ts'
import {printable} from '../../core/base/printable.ts'
import {counted} from '../text/count.ts'
import {padded, widest, widthOf, wrapped} from '../text/width.ts'
import {type Look, type Paint, paintOf} from '../look.ts'
import {hintsOf, lockLines, outcomeText, searchLines, tookText} from './words.ts'

/** What the four cells came to and what it means, for people. */
export function matrixText(reports: readonly MatrixReport[], look: Look): string {
  return `${reports.map(report => serviceText(report, look)).join('\n\n')}\n`
}

function serviceText(report: MatrixReport, look: Look): string {
  const paint = paintOf(look)
  const {text, action} = report.diagnosis
  return [
    paint.strong(printable(report.service)),
    ...cellRows(report.cells, paint, look),
    ...indented(text, look).map(line => paint.strong(line)),
    ...indented(action, look),
    ...(report.search ?? []).flatMap(search => [
      ...searchLines(search).flatMap(line => indented(line, look)),
      ...lockLines(search).map(line => `  ${printable(line)}`),
    ]),
    ...findingLines(report).flatMap(line => indented(line, look)),
    ...(report.remarks ?? []).flatMap(line => indented(`note: ${line}`, look)),
    ...hintsOf(report).flatMap(line => indented(`→ ${line}`, look)),
    ...logLines(report.cells).map(line => paint.faint(line)),
  ].join('\n')
}

function cellRows(cells: readonly Cell[], paint: Paint, look: Look): string[] {
  const rows = cells.map(cell => ({
    mark: markOf(cell, paint),
    name: cellName(cell),
    commit: cell.commit?.slice(0, 7) ?? '',
    took: cell.durationMs === 0 ? '' : tookText(cell.durationMs),
    changed: cell.changed.length === 0 ? '' : counted(cell.changed.length, 'update'),
    outcome: printable(outcomeText(cell)),
  }))
  const wide = (of: 'name' | 'commit' | 'took' | 'changed') => widest(rows.map(row => row[of]))
  return rows.flatMap(row => {
    const columns = [
      `  ${row.mark} ${padded(row.name, wide('name'))}`,
      padded(row.commit, wide('commit')),
      padded(row.took, wide('took')),
      padded(row.changed, wide('changed')),
    ]
    return beside(columns.join('  '), row.outcome, look)
  })
}

/** A text behind what stands before it, or below and further in where it would not fit. */
function beside(head: string, text: string, look: Look): readonly string[] {
  const line = `${head}  ${text}`.trimEnd()
  if (widthOf(line) <= look.columns) return [line]
  return [head.trimEnd(), ...wrapped(text, look.columns - 4).map(part => `    ${part}`)]
}

function markOf({outcome, flaky}: Cell, paint: Paint): string {
  if (outcome === 'passed') return flaky ? paint.warn('✓') : paint.good('✓')
  if (outcome === 'failed') return paint.bad('✗')
  return outcome === 'error' ? paint.warn('?') : paint.faint('-')
}

/** Single tests say more than their cell where not all red ones are red in the same cells. */
function findingLines({findings = []}: MatrixReport): string[] {
  return findings.map(({code, tests}) => {
    const shown = tests.slice(0, SHOWN_TESTS).join('; ')
    return `${counted(tests.length, 'test')} ${code}: ${shown}${tests.length > SHOWN_TESTS ? '; ...' : ''}`
  })
}

const SHOWN_TESTS = 3

function logLines(cells: readonly Cell[]): string[] {
  const red = cells.filter(
    cell => cell.log !== null && !cell.sameAs && (cell.outcome === 'failed' || cell.outcome === 'error'),
  )
  return red.flatMap(cell => [
    `  log of ${cellName(cell)}: ${cell.log}`,
    ...(cell.lastLines ?? []).map(line => `  | ${printable(line)}`),
  ])
}

const indented = (text: string, look: Look) => wrapped(printable(text), look.columns - 2).map(line => `  ${line}`)
