import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {nextTurn} from '../../../../src/adapters/balancer/embedded/traffic/turns.ts'

const turnsFor = (shares: readonly number[]) => shares.map((share, index) => ({whose: index, share, credit: 0}))

describe('turns', () => {
  it('spreads a small share evenly instead of giving it in one go', () => {
    const turns = turnsFor([75, 25])
    expect(Array.from({length: 8}, () => nextTurn(turns))).toEqual([0, 0, 1, 0, 0, 0, 1, 0])
  })

  it('gives nothing to who has no share, and nobody a turn where nobody has one', () => {
    const turns = turnsFor([0, 100])
    expect(new Set(Array.from({length: 50}, () => nextTurn(turns)))).toEqual(new Set([1]))
    expect(nextTurn(turnsFor([0, 0]))).toBeUndefined()
    expect(nextTurn([])).toBeUndefined()
  })

  it('is within one request of the share asked, in any stretch of any length', () => {
    const share = fc.integer({min: 0, max: 10_000}).map(points => points / 100)
    const stretch = {from: fc.integer({min: 0, max: 3000}), length: fc.integer({min: 1, max: 1000})}
    fc.assert(
      fc.property(share, fc.record(stretch), (share, {from, length}) => {
        const turns = turnsFor([share, 100 - share])
        const served = Array.from({length: from + length}, () => nextTurn(turns)).slice(from)
        const got = served.filter(whose => whose === 0).length
        expect(Math.abs(got - (length * share) / 100)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('is exact after every whole round, with any number of pools', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({min: 0, max: 20}), {minLength: 1, maxLength: 6}), shares => {
        const turns = turnsFor(shares)
        const round = shares.reduce((sum, share) => sum + share, 0)
        const counts = shares.map(() => 0)
        for (let request = 0; request < round; request++) {
          const whose = nextTurn(turns) ?? -1
          counts[whose] = (counts[whose] ?? 0) + 1
        }
        expect(counts).toEqual(shares)
      }),
    )
  })
})
