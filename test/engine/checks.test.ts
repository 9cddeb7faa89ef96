import {describe, expect, it} from 'vitest'
import type {CheckConfig, RolloutConfig} from '../../src/core/config/config.ts'
import type {Outcome} from '../../src/engine/rollout.ts'
import {resume, run} from '../../src/engine/rollout.ts'
import type {Probed} from '../../src/ports/checks.ts'
import type {World} from '../support/world.ts'
import {FULL, planOf, world} from '../support/world.ts'

const UPGRADE = planOf({service: 'accounts', moves: ['1.0.0', '2.0.0']})
const ROLLOUT: RolloutConfig = {
  steps: [10, 100],
  bakeMs: 10_000,
  checks: [{kind: 'errors', below: 1}],
  minRequests: 20,
  ...FULL,
}
const ASKED = {kind: 'http', path: '/well', timeoutMs: 1000} as const

function worldWith(difference: Partial<RolloutConfig> = {}): World {
  return world().service('accounts', '1.0.0', {rollout: {...ROLLOUT, ...difference}})
}

async function carriedOut(one: World, difference: Parameters<World['options']>[0] = {}): Promise<Outcome> {
  const outcome = await one.clock.run(run(one.deps, UPGRADE, 'r1', one.options(difference)))
  if (!outcome.ok) throw new Error(outcome.failure.message)
  return outcome.value
}

async function resumed(one: World, difference: Parameters<World['options']>[0] = {}): Promise<Outcome> {
  const outcome = await one.clock.run(resume(one.deps, 'prod', 'latest', one.options(difference)))
  if (!outcome.ok) throw new Error(outcome.failure.message)
  return outcome.value
}

const bakes = (one: World) => one.events.flatMap(event => (event.code === 'bake-passed' ? [event] : []))

describe('a share without a verdict', () => {
  it('waits for requests until its deadline, then for a person, and never passes by itself', async () => {
    const one = worldWith().traffic(0)
    const began = one.clock.monotonic()
    expect(await carriedOut(one)).toMatchObject({
      state: 'waiting',
      failure: {
        code: 'waiting',
        message: 'accounts 2.0.0 has no verdict at 10%: errors: only 0 of 20 requests came',
        hint: expect.stringContaining('--waive inconclusive'),
      },
    })
    expect(one.clock.monotonic() - began).toBeGreaterThanOrEqual(40_000)
    expect(one.balancer.shares('accounts')).toEqual({'1.0.0': 90, '2.0.0': 10})
    expect(bakes(one)).toEqual([])
  })

  it('goes on where it was when it is resumed and requests have come', async () => {
    const one = worldWith().traffic(0)
    await carriedOut(one)
    one.traffic(1000)
    expect((await resumed(one)).state).toBe('succeeded')
    expect(bakes(one).map(({share}) => share)).toEqual([10, 100])
  })

  it('waits again where nothing has changed', async () => {
    const one = worldWith().traffic(0)
    await carriedOut(one)
    expect((await resumed(one)).state).toBe('waiting')
    expect(one.codes().filter(code => code === 'bake-unsure')).toHaveLength(2)
  })

  it('goes on where somebody says so, and the record has it', async () => {
    const one = worldWith().traffic(0)
    await carriedOut(one)
    expect((await resumed(one, {waive: ['inconclusive']})).state).toBe('succeeded')
    expect(bakes(one)[0]?.measured.checks).toEqual([
      {name: 'errors', verdict: 'inconclusive', text: 'only 0 of 20 requests came'},
    ])
  })

  it('is gone on with where the file needs no requests, or says that it does not matter', async () => {
    expect((await carriedOut(worldWith({minRequests: 0, ...FULL}).traffic(0))).state).toBe('succeeded')
    const checks: readonly CheckConfig[] = [{kind: 'errors', below: 1, onInconclusive: 'continue'}]
    expect((await carriedOut(worldWith({checks}).traffic(0))).state).toBe('succeeded')
  })

  it('is taken back where the file says so', async () => {
    const checks: readonly CheckConfig[] = [{kind: 'errors', below: 1, onInconclusive: 'fail'}]
    const one = worldWith({checks}).traffic(0)
    expect((await carriedOut(one)).state).toBe('failed')
    expect(one.balancer.shares('accounts')).toEqual({'1.0.0': 100})
  })

  it('is watched on by whoever waits, and passes when what was missing comes', async () => {
    const one = worldWith().traffic(0)
    const running = run(one.deps, UPGRADE, 'r1', one.options({wait: true}))
    await one.clock.advance(120_000)
    expect(one.codes()).toContain('bake-unsure')
    one.traffic(1000)
    expect(await one.clock.run(running)).toMatchObject({value: {state: 'succeeded'}})
  })

  it('is still taken back by a check that fails', async () => {
    const one = worldWith({checks: [{kind: 'errors', below: 1}, ASKED]}).traffic(0)
    const running = run(one.deps, UPGRADE, 'r1', one.options({wait: true}))
    await one.clock.advance(120_000)
    one.answers(() => ({verdict: 'failed', detail: 'it is not well'}))
    expect(await one.clock.run(running)).toMatchObject({value: {state: 'failed'}})
  })

  it('has its own deadline', async () => {
    const one = worldWith({deadlineMs: 12_000}).traffic(0)
    const began = one.clock.monotonic()
    await carriedOut(one)
    expect(one.clock.monotonic() - began).toBeLessThan(16_000)
  })
})

describe('a check that asks', () => {
  const asking = (difference: Partial<CheckConfig> = {}) =>
    worldWith({checks: [{...ASKED, ...difference} as CheckConfig]})

  /** Answers in turn, and then the last for ever. */
  function inTurn(one: World, ...verdicts: readonly Probed['verdict'][]): World {
    let at = 0
    return one.answers(() => ({
      verdict: verdicts[Math.min(at++, verdicts.length - 1)] ?? 'passed',
      detail: `answer ${at}`,
    }))
  }

  it('is asked as often as it says', async () => {
    for (const [intervalMs, times] of [
      [1000, 10],
      [5000, 2],
    ] as const) {
      const one = asking({intervalMs})
      await carriedOut(one)
      const answered = one.events.filter(event => event.code === 'check-answered')
      // Two shares, each for its bake.
      expect(Math.abs(answered.length / 2 - times)).toBeLessThanOrEqual(1)
    }
  })

  it('may say no as often as its limit allows', async () => {
    expect((await carriedOut(inTurn(asking({failureLimit: 1}), 'passed', 'failed', 'passed'))).state).toBe('succeeded')
    expect((await carriedOut(inTurn(asking(), 'passed', 'failed', 'passed'))).state).toBe('failed')
  })

  it('is no reason to take a release back where it cannot ask', async () => {
    const one = inTurn(asking(), 'error')
    expect(await carriedOut(one)).toMatchObject({
      state: 'waiting',
      failure: {message: expect.stringContaining('it could not be measured')},
    })
    expect(one.balancer.shares('accounts')).toEqual({'1.0.0': 90, '2.0.0': 10})
  })

  it('decides nothing where it only observes, and is on record', async () => {
    const one = inTurn(
      worldWith({
        checks: [
          {kind: 'errors', below: 1},
          {...ASKED, observe: true},
        ],
      }),
      'failed',
    )
    expect((await carriedOut(one)).state).toBe('succeeded')
    expect(bakes(one)[0]?.measured.checks[1]).toEqual({
      name: 'http /well',
      verdict: 'failed',
      text: expect.stringMatching(/^answer \d+$/),
      observed: true,
    })
  })

  describe('an instance that goes away, where one may be missing', () => {
    const spare = {...FULL, maxUnavailable: {count: 1}}
    const spared = (difference: Partial<RolloutConfig> = {}) => worldWith({checks: [ASKED], ...spare, ...difference})

    /** Its first answer to be bad comes a moment before the runtime shows that it is gone. */
    function losing(one: World): World {
      let asked = 0
      return one.answers(() => {
        if (++asked !== 3) return {verdict: 'passed', detail: 'well'}
        one.runtime.befall('accounts', '2.0.0', 'unhealthy', 1)
        return {verdict: 'failed', detail: 'nobody listens'}
      })
    }

    it('says nothing on those who are there', async () => {
      expect((await carriedOut(losing(spared()))).state).toBe('succeeded')
    })

    it('is no excuse for those who stay', async () => {
      expect((await carriedOut(inTurn(spared(), 'passed', 'failed', 'passed'))).state).toBe('failed')
    })
  })

  it('keeps what it was taken back for', async () => {
    const one = inTurn(asking({name: 'deep health'}), 'failed')
    await carriedOut(one)
    expect(one.events.find(event => event.code === 'taking-back')).toMatchObject({
      share: 10,
      measured: {checks: [{name: 'deep health', verdict: 'failed', text: 'answer 1'}]},
    })
  })
})

describe('next against current', () => {
  const compared = (rates: readonly [current: number, next: number]) =>
    worldWith({checks: [{kind: 'compare', of: 'errors', margin: 1, confidence: 95}]})
      .release('accounts', '1.0.0', {errorRate: rates[0]})
      .release('accounts', '2.0.0', {errorRate: rates[1]})

  it('passes where both are equally bad, and is taken back where next is worse', async () => {
    expect((await carriedOut(compared([0.02, 0.02]))).state).toBe('succeeded')
    const one = compared([0.02, 0.08])
    expect(await carriedOut(one)).toMatchObject({
      state: 'failed',
      failure: {message: expect.stringContaining('failed its check errors against current at 10%')},
    })
  })

  it('waits for a person where the difference cannot be told', async () => {
    expect((await carriedOut(compared([0.02, 0.03]))).state).toBe('waiting')
  })
})
