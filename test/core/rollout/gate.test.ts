import {describe, expect, it} from 'vitest'
import {gateId, isSameWait, isUnused} from '../../../src/core/rollout/gate.ts'

const GATE = {kind: 'contract-unused', contract: 'accounts-api', major: 1} as const
const DAY = 86_400_000
const NOW = 100 * DAY

describe('the gate of a contract that is to go', () => {
  it('has a name to waive it by', () => expect(gateId(GATE)).toBe('contract-unused:accounts-api@1'))

  it('holds after a silence that somebody listened to', () => {
    expect(isUnused(GATE, {coveredSince: NOW - 8 * DAY}, 7 * DAY, NOW)).toEqual({
      holds: true,
      detail: 'accounts-api v1 has not been called for 7d',
    })
    expect(isUnused(GATE, {coveredSince: 0, lastSeen: NOW - 7 * DAY}, 7 * DAY, NOW).holds).toBe(true)
    const unversioned = {coveredSince: 0, unversioned: 4, unversionedSeen: NOW - 7 * DAY}
    expect(isUnused(GATE, unversioned, 7 * DAY, NOW).holds).toBe(true)
  })

  it.each([
    [{}, 'nothing counts the calls to accounts-api v1'],
    [{coveredSince: NOW - 2 * DAY}, 'calls to accounts-api v1 are counted for 2d only, and must be for 7d'],
    [{coveredSince: 0, lastSeen: NOW - 3_000}, 'accounts-api v1 was called 3s ago, and must be quiet for 7d'],
    [
      {coveredSince: 0, unversioned: 1, unversionedSeen: NOW - 6 * DAY},
      '1 call to accounts-api names no version, and may mean v1',
    ],
    [{coveredSince: 0, unversioned: 4}, '4 calls to accounts-api name no version, and may mean v1'],
  ])('does not hold on %j', (seen, detail) => {
    expect(isUnused(GATE, seen, 7 * DAY, NOW)).toEqual({holds: false, detail})
  })
})

describe('what a step waits for', () => {
  it('is the same while only time passes, and another when a client comes or goes', () => {
    const by = (clients: string, ago: string) => `accounts-api v1 was called ${ago} ago by ${clients}`
    expect(isSameWait(by('billing, mail', '2s'), by('billing, mail', '14s'))).toBe(true)
    expect(isSameWait(by('billing, mail', '2s'), by('mail', '2s'))).toBe(false)
    expect(isSameWait('5 calls to a name no version', '17 calls to a name no version')).toBe(true)
    expect(isSameWait('a v1 was called 2s ago', 'a v2 was called 2s ago')).toBe(false)
  })
})
