import {type Cell, cellName} from '../../core/matrix/cell.ts'
import type {MatrixReport} from '../../core/matrix/matrix-report.ts'
import {markdownCode, markdownText} from '../text/markdown.ts'
import {counted} from '../text/count.ts'
import {hintsOf, lockLines, outcomeText, searchLines, tookText} from './words.ts'

/** For a pull request: a table a service, and what it means below. */
export function matrixMarkdown(reports: readonly MatrixReport[]): string {
  return `${reports.map(serviceMarkdown).join('\n\n')}\n`
}

function serviceMarkdown(report: MatrixReport): string {
  const notes = [
    ...(report.search ?? []).flatMap(search => [...searchLines(search), ...lockLines(search)]),
    ...hintsOf(report),
  ]
  return [
    `### ${markdownText(report.service)}`,
    '',
    '| cell | outcome | commit | updates | took |',
    '|---|---|---|---|---|',
    ...report.cells.map(rowOf),
    '',
    `**${markdownText(report.diagnosis.text)}** (${markdownCode(report.diagnosis.code)})`,
    '',
    markdownText(report.diagnosis.action),
    ...(notes.length > 0 ? ['', ...notes.map(note => `- ${markdownText(note)}`)] : []),
  ].join('\n')
}

const MARKS = {passed: '✅', failed: '❌', error: '⚠️', skipped: '➖'} as const

function rowOf(cell: Cell): string {
  const commit = cell.commit === null ? '' : markdownCode(cell.commit.slice(0, 7))
  const updates = cell.changed.length === 0 ? '' : counted(cell.changed.length, 'update')
  const took = cell.durationMs === 0 ? '' : tookText(cell.durationMs)
  return `| ${cellName(cell)} | ${MARKS[cell.outcome]} ${markdownText(outcomeText(cell))} | ${commit} | ${updates} | ${took} |`
}
