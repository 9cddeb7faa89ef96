import {unreachable} from '../../core/base/bug.ts'
import {cellName} from '../../core/matrix/cell.ts'
import type {MatrixEvent} from '../../core/matrix/progress.ts'
import {counted} from '../text/count.ts'
import {printable} from '../../core/base/printable.ts'
import {lockLines, outcomeText, searchLines, tookText} from './words.ts'

/** What happens, a line each, for wherever nobody watches; undefined for what is not worth one. */
export function matrixLine(event: MatrixEvent): string | undefined {
  const text = lineOf(event)
  return text === undefined ? undefined : printable(`${event.service}: ${text}`)
}

/** How far a search has come. */
export function searchingText(event: Extract<MatrixEvent, {readonly is: 'search-started' | 'probe-ended'}>): string {
  if (event.is === 'search-started') return `looking for what broke it among ${counted(event.updates, 'update')}`
  const {number, take, outcome} = event.probe
  return `try ${number}, ${counted(take.length, 'update')}: ${outcome}`
}

function lineOf(event: MatrixEvent): string | undefined {
  switch (event.is) {
    case 'service-started':
      return undefined
    case 'cell-doing':
      return `${event.cell}: ${event.doing}`
    case 'cell-ended': {
      const {cell} = event
      const took = cell.durationMs === 0 ? '' : ` in ${tookText(cell.durationMs)}`
      return `${cellName(cell)}: ${outcomeText(cell)}${took}`
    }
    case 'search-started':
    case 'probe-ended':
      return `${event.cell}: ${searchingText(event)}`
    case 'search-ended':
      return [...searchLines(event.search), ...lockLines(event.search)].join('; ')
    case 'remark':
      return event.text
    default:
      return unreachable(event)
  }
}
