import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {CheckConfig} from '../../../src/core/config/config.ts'
import {quantileOf} from '../../../src/core/rollout/count.ts'
import type {Moment} from '../../../src/core/rollout/evidence.ts'
import {excessWithin, shareWithin} from '../../../src/core/rollout/odds.ts'
import {judge} from '../../../src/core/rollout/verdict.ts'
import {counters} from '../../support/decision.ts'

const ERRORS: CheckConfig = {kind: 'compare', of: 'errors', margin: 1, confidence: 95}
const P95: CheckConfig = {kind: 'compare', of: 95, margin: 20, confidence: 95}

type Of = readonly [requests: number, bad: number]

const errors = ([next, bad]: Of, [current, badOfCurrent]: Of, moment: Moment = 'last') =>
  judge(ERRORS, {
    counted: counters(next, bad),
    beside: counters(current, badOfCurrent),
    minRequests: 20,
    probes: [],
    moment,
  })

describe('errors of next against those of current', () => {
  it('pass where next is surely no worse than the margin, whatever current does', () => {
    expect(errors([2000, 2], [20_000, 20])).toEqual({
      is: 'passed',
      text: '2 of 2000 requests failed (0.1%), on current 20 of 20000 requests failed (0.1%), wanted at most 1 points more',
    })
    // A limit of 1 % would take it back, though next is no worse than what runs already.
    expect(errors([2000, 100], [20_000, 1000]).is).toBe('inconclusive')
    expect(errors([20_000, 1000], [200_000, 10_000]).is).toBe('passed')
  })

  it('fail where next is surely worse, and sooner where it is much worse', () => {
    expect(errors([2000, 60], [20_000, 20]).is).toBe('failed')
    expect(errors([2000, 60], [20_000, 20], 'early').is).toBe('failed')
    expect(errors([500, 13], [5000, 5], 'early').is).toBe('undecided')
    expect(errors([500, 13], [5000, 5], 'over').is).toBe('failed')
  })

  it('have no verdict on too few, say how many would tell, and wait for them while there is time', () => {
    expect(errors([19, 0], [5000, 0], 'over')).toEqual({is: 'undecided', text: 'only 19 of 20 requests came'})
    expect(errors([19, 0], [5000, 0]).is).toBe('inconclusive')
    expect(errors([5000, 0], [7, 0])).toEqual({is: 'inconclusive', text: 'only 7 of 20 requests came'})
    expect(errors([100, 0], [1000, 0], 'over').is).toBe('undecided')
    expect(errors([100, 0], [1000, 0]).text).toMatch(/; about 400 requests on next would tell$/)
    expect(errors([1000, 10], [10_000, 0]).text).toMatch(/; it is too near to the limit to tell$/)
  })

  it('are not compared where current has no traffic, and have no verdict where nothing counts', () => {
    const all = {counted: counters(1000, 900), beside: undefined, minRequests: 20, probes: [], moment: 'last'} as const
    expect(judge(ERRORS, all)).toEqual({
      is: 'passed',
      text: 'not compared: current has no traffic at this share',
    })
    expect(judge(ERRORS, {...all, counted: undefined}).is).toBe('inconclusive')
  })
})

describe('a quantile of the latency against that of current', () => {
  /** So many answers, of which a part took 400 ms and the rest 80. */
  const mixed = (requests: number, slow: number) => ({
    requests,
    errors: 0,
    latency: [
      {leMs: 50, count: 0},
      {leMs: 100, count: requests - slow},
      {leMs: 250, count: 0},
      {leMs: 500, count: slow},
      {leMs: Infinity, count: 0},
    ],
  })
  const latency = (next: ReturnType<typeof mixed>, current: ReturnType<typeof mixed>, moment: Moment = 'last') =>
    judge(P95, {counted: next, beside: current, minRequests: 20, probes: [], moment})

  it('passes where as many are quick, and fails where more are slow', () => {
    expect(latency(mixed(2000, 20), mixed(20_000, 200)).is).toBe('passed')
    const failed = latency(mixed(2000, 200), mixed(20_000, 200))
    expect(failed).toEqual({
      is: 'failed',
      text: 'p95 is about 375ms over 2000 answers, on current about 98ms over 20000, wanted at most 20% more',
    })
    expect(latency(mixed(2000, 400), mixed(20_000, 200), 'early').is).toBe('failed')
    expect(latency(mixed(2000, 130), mixed(20_000, 200), 'early').is).toBe('undecided')
  })

  it('needs more answers near the limit', () => {
    expect(latency(mixed(60, 1), mixed(600, 6)).text).toMatch(/about \d+ requests on next would tell$/)
    expect(latency(mixed(60, 1), mixed(600, 6)).is).toBe('inconclusive')
  })

  it('has no verdict where current is slower than can be told, or nothing measures it', () => {
    const endless = {requests: 1000, errors: 0, latency: [{leMs: Infinity, count: 1000}]}
    expect(latency(mixed(1000, 0), endless).is).toBe('inconclusive')
    const unmeasured = {requests: 1000, errors: 0, latency: []}
    expect(latency(unmeasured, unmeasured).is).toBe('inconclusive')
  })

  it('finds a quantile within its bucket', () => {
    const {latency: seen} = mixed(100, 10)
    expect(quantileOf(seen, 0.45)).toBeCloseTo(75)
    expect(quantileOf(seen, 0.95)).toBeCloseTo(375)
    expect(quantileOf([], 0.5)).toBe(Infinity)
  })
})

describe('the intervals', () => {
  it('are those of the literature', () => {
    // Wilson for 1 of 10 and 0 of 20; Newcombe 1998, table II, rows (a), (c) and (h) of method 10.
    expect(shareWithin({hits: 1, of: 10}, 0.95).low).toBeCloseTo(0.0179, 4)
    expect(shareWithin({hits: 1, of: 10}, 0.95).high).toBeCloseTo(0.4042, 4)
    expect(shareWithin({hits: 0, of: 20}, 0.95).high).toBeCloseTo(0.1611, 4)
    const newcombe = (a: number, m: number, b: number, n: number) => {
      const {low, high} = excessWithin({hits: a, of: m}, {hits: b, of: n}, 0.95)
      return [low.toFixed(4), high.toFixed(4)]
    }
    expect(newcombe(56, 70, 48, 80)).toEqual(['0.0524', '0.3339'])
    expect(newcombe(6, 7, 2, 7)).toEqual(['0.0582', '0.8062'])
    expect(newcombe(10, 10, 0, 10)).toEqual(['0.6075', '1.0000'])
  })

  it('hold the truth about as often as they say', () => {
    // Seeded by hand, so that it is the same every time.
    let state = 7
    const draw = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
    const hits = (of: number, rate: number) => Array.from({length: of}, draw).filter(at => at < rate).length
    let held = 0
    for (let run = 0; run < 1000; run++) {
      const {low, high} = excessWithin({hits: hits(200, 0.05), of: 200}, {hits: hits(400, 0.02), of: 400}, 0.95)
      if (low <= 0.03 && 0.03 <= high) held++
    }
    expect(held).toBeGreaterThan(930)
  })

  it('grow narrower with more of the same, and hold what was seen', () => {
    fc.assert(
      fc.property(
        fc.integer({min: 1, max: 500}),
        fc.nat(500),
        fc.integer({min: 1, max: 500}),
        fc.nat(500),
        (m, a, n, b) => {
          const [one, other] = [
            {hits: Math.min(a, m), of: m},
            {hits: Math.min(b, n), of: n},
          ]
          const seen = one.hits / m - other.hits / n
          const small = excessWithin(one, other, 0.95)
          const large = excessWithin({hits: one.hits * 4, of: m * 4}, {hits: other.hits * 4, of: n * 4}, 0.95)
          expect(small.low - 1e-9).toBeLessThanOrEqual(seen)
          expect(small.high + 1e-9).toBeGreaterThanOrEqual(seen)
          expect(large.high - large.low).toBeLessThan(small.high - small.low)
        },
      ),
    )
  })
})
