import {describe, expect, it} from 'vitest'
import type {Cell} from '../../../src/core/matrix/cell.ts'
import {noAnswer} from '../../../src/core/matrix/no-answer.ts'
import {reportOf} from '../../../src/core/matrix/report.ts'
import {PLAIN} from '../../../src/report/look.ts'
import {matrixJUnit} from '../../../src/report/matrix/junit.ts'
import {matrixLine} from '../../../src/report/matrix/lines.ts'
import {matrixMarkdown} from '../../../src/report/matrix/markdown.ts'
import {matrixText} from '../../../src/report/matrix/table.ts'

const lib = {name: 'lib', from: '1.0.0', to: '2.0.0'}
const base = {commit: 'abcdef0123456789', durationMs: 1234, exitCode: 0, log: '/logs/x.log', changed: []}

const CELLS: readonly Cell[] = [
  {...base, branch: 'prod', dependencies: 'pinned', outcome: 'passed', remembered: true},
  {
    ...base,
    branch: 'prod',
    dependencies: 'latest',
    outcome: 'failed',
    exitCode: 1,
    durationMs: 75_000,
    changed: [lib],
    tests: {passed: [], failed: ['a <b> & "c"\u0007']},
    lastLines: ['AssertionError: 1 != 2', 'a \u001b[31m<b>'],
  },
  {...base, branch: 'master', dependencies: 'pinned', outcome: 'passed', flaky: true, runs: 2},
  {
    ...base,
    branch: 'master',
    dependencies: 'latest',
    outcome: 'error',
    noAnswer: noAnswer('network', 'the registry | <failed>'),
  },
]

const report = reportOf(
  'shop',
  CELLS,
  [
    {
      cell: 'prod+latest',
      result: 'found',
      sets: [[lib]],
      held: [lib],
      suspects: [],
      runs: 3,
      lock: '/green/package-lock.json',
    },
  ],
  '2026-01-01T00:00:00.000Z',
)

describe('a matrix', () => {
  it('as text', () => expect(matrixText([report], PLAIN)).toMatchSnapshot())
  it('as text of a narrow terminal, where paths stay whole', () => {
    const text = matrixText([report], {columns: 44, colour: false})
    const wide = text.split('\n').filter(line => line.length > 44)
    expect(wide.filter(line => !line.includes('/'))).toEqual([])
    expect(text).toContain('  ? master+latest  abcdef0  1.2s\n    error: the registry | <failed>\n')
    expect(text).toContain('the lock file of that: /green/package-lock.json\n')
  })
  it('as Markdown', () => expect(matrixMarkdown([report])).toMatchSnapshot())
  it('as JUnit XML', () => expect(matrixJUnit([report])).toMatchSnapshot())

  it('as lines, while it runs', () => {
    const cell = CELLS[1] as Cell
    expect(matrixLine({is: 'cell-ended', service: 'shop', cell})).toBe('shop: prod+latest: failed (1 test) in 1m 15s')
    expect(matrixLine({is: 'cell-doing', service: 'shop', cell: 'prod+latest', doing: 'testing'})).toBe(
      'shop: prod+latest: testing',
    )
    expect(matrixLine({is: 'service-started', service: 'shop'})).toBeUndefined()
  })
})
