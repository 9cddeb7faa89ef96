import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {sharesOf, splitWeights} from '../../../src/adapters/balancer/weights.ts'

describe('weights for shares', () => {
  it('splits two equal pools as asked', () => {
    const [current, next] = splitWeights(
      [
        {servers: 2, share: 75},
        {servers: 2, share: 25},
      ],
      256,
    )
    expect(current!.weight / next!.weight).toBe(3)
    expect(next!.share).toBeCloseTo(25)
  })

  it('accounts for pools of unequal size', () => {
    const [current, next] = splitWeights(
      [
        {servers: 3, share: 50},
        {servers: 2, share: 50},
      ],
      256,
    )
    expect(current!.weight * 3).toBe(next!.weight * 2)
  })

  it('never turns a little into none, nor none into a little', () => {
    const split = splitWeights(
      [
        {servers: 1, share: 99.9},
        {servers: 9, share: 0.1},
        {servers: 1, share: 0},
      ],
      256,
    )
    expect(split[1]!.weight).toBe(1)
    expect(split[2]!.weight).toBe(0)
  })

  it('gives nothing to nobody', () => {
    expect(splitWeights([{servers: 0, share: 100}], 256)).toEqual([{weight: 0, share: 0}])
  })

  it('is off by less than one step of one server, for any share of pools of up to six', () => {
    const servers = fc.integer({min: 1, max: 6})
    fc.assert(
      fc.property(servers, servers, fc.integer({min: 1, max: 99}), (current, next, share) => {
        const split = splitWeights(
          [
            {servers: current, share: 100 - share},
            {servers: next, share},
          ],
          256,
        )
        expect(Math.max(...split.map(part => part.weight))).toBeLessThanOrEqual(256)
        expect(Math.abs(split[1]!.share - share)).toBeLessThanOrEqual(Math.max(current, next) / 2.56)
      }),
    )
  })

  it('reads shares back from weights', () => {
    expect(sharesOf([{servers: 1}, {servers: 3}], [3, 1])).toEqual([50, 50])
    expect(sharesOf([{servers: 1}], [0])).toEqual([0])
  })
})
