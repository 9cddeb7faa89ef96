import {describe, expect, it} from 'vitest'
import {type Cell, CELLS, placeOf} from '../../../src/core/matrix/cell.ts'
import {merged, reportOf, searchable} from '../../../src/core/matrix/report.ts'
import {findingsOf, outcomesOf} from '../../../src/core/matrix/tests.ts'

/** Four cells by their red tests; every cell also runs a green one. */
const cells = (...red: readonly (readonly string[])[]): Cell[] =>
  CELLS.map((name, at) => {
    const failed = red[at] ?? []
    const passed = ['a', 'b', 'green'].filter(test => !failed.includes(test))
    const outcome = failed.length > 0 ? 'failed' : 'passed'
    return {
      ...placeOf(name),
      outcome,
      commit: 'c',
      durationMs: 1,
      exitCode: 0,
      log: null,
      changed: [],
      tests: {passed, failed},
    }
  })

const letters = (found: readonly Cell[]) => Object.values(outcomesOf(found)).map(outcome => outcome[0])

describe('single tests', () => {
  it('that are red everywhere hide nothing', () => {
    const found = cells(['a'], ['a', 'b'], ['a'], ['a'])
    expect(letters(found)).toEqual(['p', 'f', 'p', 'p'])
    expect(reportOf('s', found, [], '').diagnosis.code).toBe('update-with-next-release')
  })

  it('that are red in some cells only are no known failures', () => {
    expect(letters(cells(['a'], ['a', 'b'], [], []))).toEqual(['f', 'f', 'p', 'p'])
  })

  it('each have a row of the table of their own', () => {
    expect(findingsOf(cells(['a'], ['a', 'b'], [], []))).toEqual([
      {code: 'baseline-red-fixed-on-master', tests: ['a']},
      {code: 'update-with-next-release', tests: ['b']},
    ])
  })

  it('count for nothing where one cell does not tell them', () => {
    const [first, ...others] = cells(['a'], ['a', 'b'], ['a'], ['a'])
    const {tests: _, ...silent} = first as Cell
    expect(letters([silent, ...others])).toEqual(['f', 'f', 'f', 'f'])
    expect(findingsOf([silent, ...others])).toEqual([])
  })
})

describe('a report', () => {
  it('has four cells, whatever was run', () => {
    const report = reportOf('s', cells([], [], [], []).slice(1, 2), [], '')
    expect(report.cells.map(cell => cell.outcome)).toEqual(['skipped', 'passed', 'skipped', 'skipped'])
  })

  it('is put together from those of several machines', () => {
    const alone = cells([], ['a'], [], []).map((cell, at) => reportOf('s', [cell], [], `2026-01-0${at + 1}`))
    const [whole] = merged([...alone, reportOf('other', [], [], '')])
    expect(whole?.cells.map(cell => cell.outcome)).toEqual(['passed', 'failed', 'passed', 'passed'])
    expect(whole?.diagnosis.code).toBe('update-with-next-release')
    expect(whole?.asOf).toBe('2026-01-04')
  })

  it('knows where a search makes sense: latest is red, pinned is green', () => {
    expect(searchable(cells([], ['a'], ['b'], ['b']))).toEqual(['prod+latest'])
    expect(searchable(cells(['a'], ['a'], [], []))).toEqual([])
  })
})
