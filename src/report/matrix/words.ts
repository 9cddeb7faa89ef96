import {unreachable} from '../../core/base/bug.ts'
import type {DurationMs} from '../../core/base/units.ts'
import {type Cell, cellName, type Change} from '../../core/matrix/cell.ts'
import type {MatrixReport, SearchReport} from '../../core/matrix/matrix-report.ts'
import {counted} from '../text/count.ts'

/** `express 4.18.2 → 5.0.0`. */
export function changeText({name, from, to}: Change): string {
  return `${name} ${from ?? 'none'} → ${to ?? 'none'}`
}

/** What a cell came to, in as few words as say it: the outcome and whatever makes it special. */
export function outcomeText(cell: Cell): string {
  if (cell.noAnswer) return `${cell.outcome}: ${cell.noAnswer.text}`
  const notes = [
    cell.flaky ? 'flaky: red at first, green when run again' : undefined,
    cell.tests && cell.outcome === 'failed' ? counted(cell.tests.failed.length, 'test') : undefined,
    cell.sameAs ? `same as ${cell.sameAs}` : undefined,
    cell.remembered ? 'remembered' : undefined,
  ].filter(note => note !== undefined)
  return notes.length === 0 ? cell.outcome : `${cell.outcome} (${notes.join(', ')})`
}

/** `850ms`, `12.3s`, `4m 05s`. */
export function tookText(duration: DurationMs): string {
  if (duration < 1000) return `${Math.round(duration)}ms`
  if (duration < 60_000) return `${(duration / 1000).toFixed(1)}s`
  const seconds = Math.round(duration / 1000)
  return `${Math.floor(seconds / 60)}m ${String(seconds % 60).padStart(2, '0')}s`
}

/** What a search came to, a sentence a line. */
export function searchLines(search: SearchReport): readonly string[] {
  const runs = counted(search.runs, 'test run')
  switch (search.result) {
    case 'found':
      return [
        ...search.sets.map(set => `${search.cell}: broken by ${set.map(changeText).join(' together with ')} (${runs})`),
        `${search.cell}: green with everything but ${search.held.map(change => change.name).join(', ')}`,
      ]
    case 'budget': {
      const left = counted(search.suspects.length, 'update')
      return [
        `${search.cell}: given up after ${runs}; the culprit is among ${left}: ${search.suspects.map(change => change.name).join(', ')}`,
      ]
    }
    case 'impossible':
      return [`${search.cell}: no search for culprits: ${search.why ?? ''}`]
    default:
      return unreachable(search.result)
  }
}

/** Where the lock file lies that a search proved green; a path is never broken, so that it can be taken over. */
export function lockLines({lock}: SearchReport): readonly string[] {
  return lock === undefined ? [] : [`the lock file of that: ${lock}`]
}

/** What to do about cells without an answer; said once for all that need the same. */
export function hintsOf(report: MatrixReport): readonly string[] {
  const cells = report.cells.filter(cell => cell.outcome === 'error' && cell.noAnswer)
  const hints = [...new Set(cells.map(cell => cell.noAnswer?.hint))]
  return hints.map(hint => {
    const names = cells.filter(cell => cell.noAnswer?.hint === hint).map(cellName)
    return `${names.join(', ')}: ${hint}`
  })
}
