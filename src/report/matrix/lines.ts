import {unreachable} from '../../core/base/bug.ts'
import {cellName} from '../../core/matrix/cell.ts'
import type {MatrixEvent} from '../../core/matrix/progress.ts'
import {printable} from '../../core/base/printable.ts'
import {outcomeText, searchLines, tookText} from './words.ts'

/** What happens, a line each, for wherever nobody watches; undefined for what is not worth one. */
export function matrixLine(event: MatrixEvent): string | undefined {
  const text = lineOf(event)
  return text === undefined ? undefined : printable(`${event.service}: ${text}`)
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
      return `${event.cell}: looking for what broke it among ${event.updates} updates`
    case 'probe-ended': {
      const {number, take, outcome} = event.probe
      return `${event.cell}: try ${number}, ${take.length} updates: ${outcome}`
    }
    case 'search-ended':
      return searchLines(event.search).join('; ')
    case 'remark':
      return event.text
    default:
      return unreachable(event)
  }
}
