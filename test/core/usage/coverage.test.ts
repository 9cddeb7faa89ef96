import {describe, expect, it} from 'vitest'
import {contractCoverage, coverageOf, silences, type SourceRecord} from '../../../src/core/usage/coverage.ts'

const HOUR = 3_600_000
const NOW = Date.UTC(2026, 0, 10)

function source(more: Partial<SourceRecord> = {}): SourceRecord {
  return {
    name: 'lb1',
    stretches: [{from: NOW - 100 * HOUR, to: NOW}],
    gaps: [],
    contracts: ['accounts-api'],
    lines: {read: 0, matched: 0, unparsed: 0, notices: 0},
    ...more,
  }
}

describe('how far one log covers the time', () => {
  it('is from its first line on', () => expect(coverageOf(source(), NOW)).toMatchObject({since: NOW - 100 * HOUR}))

  it('is nothing where reading stopped', () => {
    const stopped = source({stretches: [{from: NOW - 100 * HOUR, to: NOW - 2 * HOUR}]})
    expect(coverageOf(stopped, NOW)).toEqual({reason: 'lb1 was read up to 2026-01-09T22:00:00.000Z only'})
  })

  it('begins again after a gap', () => {
    const gap = {from: NOW - 50 * HOUR, to: NOW - 49 * HOUR, reason: 'two lines could not be read'}
    expect(coverageOf(source({gaps: [gap]}), NOW)).toMatchObject({since: gap.to})
    const now = {...gap, to: NOW + HOUR / 2}
    expect(coverageOf(source({gaps: [now]}), NOW)).toMatchObject({since: NOW})
  })

  it('begins again where a rotated log is missing, and not where nobody called for a while', () => {
    const pieces = (silence: number) =>
      source({
        stretches: [
          {from: NOW - 20 * HOUR, to: NOW},
          {from: NOW - 100 * HOUR, to: NOW - 20 * HOUR - silence},
        ],
      })
    expect(coverageOf(pieces(HOUR / 2), NOW)).toMatchObject({since: NOW - 100 * HOUR})
    expect(coverageOf(pieces(2 * HOUR), NOW)).toMatchObject({since: NOW - 20 * HOUR})
    expect(silences(pieces(2 * HOUR))).toEqual([
      {from: NOW - 22 * HOUR, to: NOW - 20 * HOUR, reason: 'nothing of lb1 was read'},
    ])
  })
})

describe('how far the calls to a contract are covered', () => {
  const second = source({name: 'lb2', stretches: [{from: NOW - 10 * HOUR, to: NOW}]})

  it('is as far as the shortest log', () => {
    expect(contractCoverage('accounts-api', [source(), second], [], NOW)).toMatchObject({since: NOW - 10 * HOUR})
  })

  it('does not count on the log of another balancer', () => {
    const other = source({contracts: ['ledger-api']})
    expect(contractCoverage('accounts-api', [other], [], NOW).since).toBeUndefined()
    expect(contractCoverage('accounts-api', [source(), {...second, contracts: []}], [], NOW).since).toBe(
      NOW - 100 * HOUR,
    )
  })

  it('waits for every log that the file names', () => {
    expect(contractCoverage('accounts-api', [source()], ['lb1', 'lb3'], NOW)).toEqual({reason: 'lb3 was never read'})
    expect(contractCoverage('accounts-api', [source(), {...second, contracts: []}], ['lb2'], NOW).since).toBe(
      NOW - 10 * HOUR,
    )
  })
})
