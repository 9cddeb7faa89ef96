import {describe, expect, it} from 'vitest'
import {type Cell, type CellName, type Outcome, placeOf} from '../../../src/core/matrix/cell.ts'
import {evidenceIn} from '../../../src/core/matrix/evidence.ts'
import type {MatrixReport} from '../../../src/core/matrix/matrix-report.ts'
import {reportOf} from '../../../src/core/matrix/report.ts'

const OLD = 'a'.repeat(40)
const NEW = 'b'.repeat(40)

const cell = (name: CellName, commit: string, outcome: Outcome): Cell => ({
  ...placeOf(name),
  outcome,
  commit,
  durationMs: 1,
  exitCode: 0,
  log: null,
  changed: [],
})

const report = (at: string, ...cells: Cell[]): MatrixReport => reportOf('accounts', cells, [], at)

const outcome = (reports: readonly MatrixReport[], commit: string | undefined = NEW) =>
  evidenceIn(reports, 'accounts', '2.0.0', commit).outcome

describe('whether a release was tested', () => {
  it('is what the pinned cell of its commit says, on whichever branch it was', () => {
    expect(outcome([report('t', cell('master+pinned', NEW, 'passed'))])).toBe('passed')
    expect(outcome([report('t', cell('prod+pinned', NEW, 'failed'))])).toBe('failed')
  })

  it('is not told by another commit, nor by newer libraries', () => {
    expect(outcome([report('t', cell('master+pinned', OLD, 'passed'))])).toBe('unknown')
    expect(outcome([report('t', cell('master+latest', NEW, 'passed'))])).toBe('unknown')
  })

  it('is not told by a cell without an answer, so that an older answer counts', () => {
    const silent = report('t2', cell('master+pinned', NEW, 'error'))
    expect(outcome([silent])).toBe('unknown')
    expect(outcome([silent, report('t1', cell('master+pinned', NEW, 'failed'))])).toBe('failed')
  })

  it('is the newest answer', () => {
    const red = report('t1', cell('master+pinned', NEW, 'failed'))
    const green = report('t2', cell('master+pinned', NEW, 'passed'))
    expect(evidenceIn([green, red], 'accounts', '2.0.0', NEW)).toEqual({
      outcome: 'passed',
      detail: 'master+pinned of bbbbbbb passed at t2',
    })
  })

  it('is not known of what has no commit', () => {
    expect(evidenceIn([], 'accounts', '2.0.0', undefined)).toEqual({
      outcome: 'unknown',
      detail: 'accounts 2.0.0 has no tag in a repository, so nothing can have tested it',
    })
  })
})
