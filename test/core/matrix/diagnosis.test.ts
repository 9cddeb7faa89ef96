import {describe, expect, it} from 'vitest'
import {CELLS, type Outcome, type Outcomes} from '../../../src/core/matrix/cell.ts'
import {diagnose, patternOf} from '../../../src/core/matrix/diagnosis.ts'
import {DIAGNOSES, PATTERNS} from '../../../src/core/matrix/diagnosis-table.ts'

const outcomes = (...four: Outcome[]): Outcomes =>
  Object.fromEntries(CELLS.map((cell, at) => [cell, four[at]])) as Outcomes
const ofPattern = (pattern: string) =>
  outcomes(...pattern.split('').map(letter => (letter === 'P' ? 'passed' : 'failed') as Outcome))

describe('the table', () => {
  it('has all sixteen patterns, each with its own code and words', () => {
    expect(new Set(PATTERNS)).toHaveLength(16)
    for (const key of ['code', 'text', 'action'] as const) {
      expect(new Set(PATTERNS.map(pattern => DIAGNOSES[pattern][key]))).toHaveLength(16)
    }
  })

  it('answers each pattern with its own row', () => {
    for (const pattern of PATTERNS) expect(diagnose(ofPattern(pattern))).toBe(DIAGNOSES[pattern])
  })

  it('says red baseline first of all', () => {
    const red = PATTERNS.filter(pattern => pattern.startsWith('F') && pattern !== 'FFFF')
    expect(red).toHaveLength(7)
    for (const pattern of red) expect(DIAGNOSES[pattern].code).toMatch(/^baseline-red-/)
  })

  it('sends an update that only prod refuses along with the next release', () => {
    expect(diagnose(outcomes('passed', 'failed', 'passed', 'passed'))).toMatchObject({
      code: 'update-with-next-release',
      action: 'Ship the update with the next release, not before; keep prod pinned until then.',
    })
  })
})

describe('a cell without an answer', () => {
  it('never counts as one', () => {
    for (const none of ['error', 'skipped'] as const) {
      expect(patternOf(outcomes('passed', none, 'passed', 'passed'))).toBeUndefined()
    }
  })

  it('leaves said what the others say', () => {
    const diagnosis = diagnose(outcomes('passed', 'failed', 'error', 'skipped'))
    expect(diagnosis.code).toBe('incomplete')
    expect(diagnosis.text).toBe(
      'what is in production passes its own tests; the newest libraries break what is in production; ' +
        'no answer from master+pinned (error), master+latest (skipped)',
    )
  })

  it('comes after a red baseline', () => {
    expect(diagnose(outcomes('failed', 'error', 'passed', 'passed')).code).toBe('baseline-red')
  })

  it('accuses nobody without a baseline', () => {
    const diagnosis = diagnose(outcomes('error', 'failed', 'passed', 'failed'))
    expect(diagnosis.code).toBe('baseline-unknown')
    expect(diagnosis.text).toContain('the newest libraries break master')
    expect(diagnosis.text).not.toContain('break what is in production')
  })

  it('says so where nothing was run', () => {
    expect(diagnose(outcomes('skipped', 'skipped', 'skipped', 'skipped')).code).toBe('not-run')
  })
})
