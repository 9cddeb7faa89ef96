import {describe, expect, it} from 'vitest'
import type {CheckConfig} from '../../../src/core/config/config.ts'
import {NO_ANSWERS, tallied} from '../../../src/core/rollout/answers.ts'
import {countedOn, slowerThan} from '../../../src/core/rollout/count.ts'
import {chanceOfAtLeast} from '../../../src/core/rollout/odds.ts'
import {strays} from '../../../src/core/rollout/share.ts'
import type {Moment} from '../../../src/core/rollout/evidence.ts'
import {judge} from '../../../src/core/rollout/verdict.ts'
import {counters} from '../../support/decision.ts'

const ERRORS: CheckConfig = {kind: 'errors', below: 1}
const P95: CheckConfig = {kind: 'latency', quantile: 95, belowMs: 300}

const judged = (check: CheckConfig, requests: number, bad: number, moment: Moment, minRequests = 20) =>
  judge(check, {counted: counters(requests, bad), beside: undefined, minRequests, probes: [], moment}).is

describe('a check on errors', () => {
  it('passes at the end of the bake on enough requests below the limit, and fails at it', () => {
    expect(judged(ERRORS, 1000, 9, 'over')).toBe('passed')
    expect(judged(ERRORS, 1000, 10, 'over')).toBe('failed')
    expect(judged(ERRORS, 1000, 9, 'early')).toBe('undecided')
  })

  it('fails early only where it is beyond doubt', () => {
    expect(judged(ERRORS, 1000, 15, 'early')).toBe('undecided')
    expect(judged(ERRORS, 1000, 30, 'early')).toBe('failed')
    expect(judged(ERRORS, 3, 3, 'early')).toBe('undecided')
    expect(judged(ERRORS, 4, 4, 'early')).toBe('failed')
  })

  it('counts requests that are still missing as good ones', () => {
    expect(judged(ERRORS, 4, 4, 'early', 1000)).toBe('undecided')
    expect(judged(ERRORS, 30, 30, 'early', 1000)).toBe('failed')
  })

  it('has no verdict on too few requests, unless all there is speaks against it', () => {
    expect(judged(ERRORS, 19, 0, 'over')).toBe('undecided')
    expect(judged(ERRORS, 19, 0, 'last')).toBe('inconclusive')
    expect(judged(ERRORS, 0, 0, 'last')).toBe('inconclusive')
    expect(judged(ERRORS, 2, 1, 'over')).toBe('undecided')
    expect(judged(ERRORS, 2, 1, 'last')).toBe('failed')
  })

  it('has no verdict where nothing counts', () => {
    expect(judge(ERRORS, {counted: undefined, beside: undefined, minRequests: 0, probes: [], moment: 'early'}).is).toBe(
      'inconclusive',
    )
  })
})

it('counts no more failures than requests, however the counters were read', () => {
  const pools = [{id: '2.0.0', share: 10, servers: [], counters: counters(25, 26)}]
  expect(countedOn('2.0.0', pools, {})).toMatchObject({requests: 26, errors: 26})
})

describe('a check on latency', () => {
  const slow = (requests: number, slowOnes: number, moment: Moment) => {
    const latency = [
      {leMs: 250, count: requests - slowOnes},
      {leMs: 1000, count: slowOnes},
      {leMs: Infinity, count: 0},
    ]
    return judge(P95, {counted: {requests, errors: 0, latency}, beside: undefined, minRequests: 20, probes: [], moment})
      .is
  }

  it('fails where more are slow than the quantile leaves room for', () => {
    expect(slow(1000, 40, 'over')).toBe('passed')
    expect(slow(1000, 60, 'over')).toBe('failed')
    expect(slow(1000, 60, 'early')).toBe('undecided')
    expect(slow(1000, 200, 'early')).toBe('failed')
    expect(slow(10, 0, 'over')).toBe('undecided')
  })

  it('has no verdict where nothing measures it', () => {
    const counted = {requests: 100, errors: 0, latency: []}
    expect(judge(P95, {counted, beside: undefined, minRequests: 20, probes: [], moment: 'over'}).is).toBe(
      'inconclusive',
    )
  })

  it('spreads a bucket evenly', () => {
    const latency = [
      {leMs: 100, count: 7},
      {leMs: 200, count: 10},
      {leMs: Infinity, count: 3},
    ]
    expect(slowerThan(latency, 100)).toBe(13)
    expect(slowerThan(latency, 150)).toBe(8)
    expect(slowerThan(latency, 200)).toBe(3)
    expect(slowerThan(latency, 5000)).toBe(3)
  })
})

describe('a check that asks somebody', () => {
  const check: CheckConfig = {kind: 'http', path: '/', timeoutMs: 1000}
  const probed = (verdict: 'passed' | 'failed' | 'error' | undefined, moment: Moment) => {
    const probes = verdict ? [{check, tally: tallied(NO_ANSWERS, verdict), detail: 'it says so'}] : []
    return judge(check, {counted: undefined, beside: undefined, minRequests: 0, probes, moment}).is
  }

  it('needs an answer, and takes a bad one at once', () => {
    expect(probed(undefined, 'last')).toBe('undecided')
    expect(probed('passed', 'early')).toBe('passed')
    expect(probed('failed', 'early')).toBe('failed')
  })

  it('does not blame the release for an error of the measuring', () => {
    expect(probed('error', 'over')).toBe('undecided')
    expect(probed('error', 'last')).toBe('inconclusive')
  })
})

describe('the chance of so many', () => {
  /** Summed term by term, in the plainest way there is. */
  function plainly(hits: number, trials: number, rate: number): number {
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k)
    let sum = 0
    for (let k = hits; k <= trials; k++) sum += choose(trials, k) * rate ** k * (1 - rate) ** (trials - k)
    return sum
  }

  it.each([
    [3, 20, 0.01],
    [6, 100, 0.01],
    [10, 20, 0.05],
    [20, 20, 0.5],
    [1, 5, 0.1],
  ])('is exact for %i of %i at %d', (hits, trials, rate) => {
    expect(chanceOfAtLeast(hits, trials, rate)).toBeCloseTo(plainly(hits, trials, rate), 10)
  })

  it('is no surprise where there are no more than expected', () => {
    expect(chanceOfAtLeast(0, 0, 0.01)).toBe(1)
    expect(chanceOfAtLeast(10, 1000, 0.01)).toBe(1)
    expect(chanceOfAtLeast(1, 100, 0)).toBe(0)
  })

  it('stays a chance for large numbers', () => {
    const chance = chanceOfAtLeast(10_500, 1_000_000, 0.01)
    expect(chance).toBeGreaterThan(0)
    expect(chance).toBeLessThan(1e-5)
  })
})

describe('the share that was measured', () => {
  const measured = (share: number, total: number) => ({
    share,
    requests: (share * total) / 100,
    errors: 0,
    total,
    checks: [],
  })

  it('may differ by chance, and not by more', () => {
    expect(strays(10, measured(14, 10_000))).toBe(false)
    expect(strays(10, measured(16, 10_000))).toBe(true)
    expect(strays(50, measured(65, 200))).toBe(true)
    expect(strays(50, measured(60, 200))).toBe(false)
    expect(strays(10, measured(0, 10_000))).toBe(true)
    expect(strays(5, measured(0, 10_000))).toBe(true)
    expect(strays(5, measured(3, 10_000))).toBe(false)
    // Sixteen were under way when the share was set, and went where the one before sent them.
    expect(strays(100, measured(94, 201))).toBe(true)
    expect(strays(100, {...measured(94, 201), underWay: 16})).toBe(false)
  })

  it('says nothing on too few requests', () => {
    expect(strays(10, measured(100, 50))).toBe(false)
    expect(strays(10, {requests: 0, errors: 0, total: 0, checks: []})).toBe(false)
  })
})
