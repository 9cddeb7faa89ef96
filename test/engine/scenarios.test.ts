import {mkdtempSync, rmSync, truncateSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {sqliteState} from '../../src/adapters/state/sqlite.ts'
import {failure} from '../../src/core/base/failure.ts'
import {fail} from '../../src/core/base/result.ts'
import type {Wish} from '../../src/core/rollout/request.ts'
import {ask} from '../../src/engine/ask.ts'
import type {Options} from '../../src/engine/rollout.ts'
import {resume, run} from '../../src/engine/rollout.ts'
import type {Runtime} from '../../src/ports/runtime.ts'
import {mortal} from '../support/mortal.ts'
import type {World} from '../support/world.ts'
import {FULL, planOf, whoOf, world} from '../support/world.ts'

/** How other tools of this kind have failed, each as a test that this one does not. */

const UPGRADE = planOf({service: 'accounts', moves: ['1.0.0', '2.0.0']})
const GATE = {kind: 'contract-unused', contract: 'accounts-api', major: 1} as const

const begin = (one: World, difference: Partial<Options> = {}, plan = UPGRADE, id = 'r1') =>
  run(one.deps, plan, id, one.options(difference))
const goOn = (one: World, difference: Partial<Options> = {}) =>
  one.clock.run(resume(one.deps, 'prod', 'r1', one.options(difference)))
const shares = (one: World) => one.balancer.shares('accounts')
const pools = (one: World) => [...new Set(one.runtime.instances.map(({service, pool}) => `${service} ${pool}`))]

function reached(one: World, step = 'accounts-1'): readonly number[] {
  return one.events.flatMap(event =>
    event.code === 'act-done' && event.step === step && event.act.do === 'route' ? [event.act.share] : [],
  )
}

describe('a newer version that comes while another is on its way', () => {
  const NEWER = planOf({service: 'accounts', moves: ['1.0.0', '3.0.0']})

  it.each(Array.from({length: 14}, (_, index) => index * 3_000))(
    'waits, whatever the older one was doing (%i ms in), and goes when that is taken back',
    async at => {
      const one = world().service('accounts', '1.0.0').release('accounts', '2.0.0', {startsInMs: 4_000})
      const pause = new AbortController()
      const older = begin(one, {pause: pause.signal})
      await one.clock.advance(at)
      pause.abort()
      const left = await one.clock.run(older)
      const before = shares(one)
      if (!left.ok || left.value.state === 'succeeded') return expect(before).toEqual({'2.0.0': 100})
      const newer = await one.clock.run(begin(one, {}, NEWER, 'r2'))
      if (newer.ok) return expect([at, newer.value.state]).toEqual([0, 'succeeded'])
      expect(newer.failure.code).toBe('halted')
      expect(shares(one)).toEqual(before)
      expect(await goOn(one, {abort: AbortSignal.abort()})).toMatchObject({value: {state: 'aborted'}})
      expect(await one.clock.run(begin(one, {}, NEWER, 'r3'))).toMatchObject({value: {state: 'succeeded'}})
      return expect(shares(one)).toEqual({'3.0.0': 100})
    },
  )
})

describe('a rollout that is taken back', () => {
  it('sends no traffic to the bad version again when it is restarted in the middle of that', async () => {
    const one = world().service('accounts', '1.0.0').release('accounts', '2.0.0', {errorRate: 1})
    void run(
      mortal(one.deps, () => one.codes().includes('taking-back')),
      UPGRADE,
      'r1',
      one.options(),
    )
    await one.clock.advance(60_000)
    const before = reached(one).length
    expect(await goOn(one, {lockWaitMs: 120_000})).toMatchObject({value: {state: 'failed'}})
    expect(reached(one).slice(before)).toEqual([0])
    expect(shares(one)).toEqual({'1.0.0': 100})
    expect(await goOn(one)).toMatchObject({ok: false, failure: {code: 'usage'}})
    expect(await one.clock.run(begin(one, {}, UPGRADE, 'r2'))).toMatchObject({failure: {code: 'halted'}})
    expect(shares(one)).toEqual({'1.0.0': 100})
  })

  it('leaves an instance that hangs within a second, though every look at it takes three', async () => {
    const one = world().service('accounts', '1.0.0')
    const read: Runtime['read'] = async service => {
      if (one.runtime.instances.some(({health}) => health === 'unhealthy')) await one.clock.sleep(3_000)
      return one.deps.runtime.read(service)
    }
    const running = run({...one.deps, runtime: {...one.deps.runtime, read}}, UPGRADE, 'r1', one.options())
    await one.clock.advance(5_000)
    expect(shares(one)).toEqual({'1.0.0': 90, '2.0.0': 10})
    one.runtime.befall('accounts', '2.0.0', 'unhealthy')
    const hungAt = one.clock.now()
    expect(await one.clock.run(running)).toMatchObject({value: {state: 'failed'}})
    const decided = one.events.find(({code}) => code === 'taking-back')?.at ?? Infinity
    expect(decided - hungAt).toBeGreaterThan(3_000)
    const back = one.events.find(
      event => event.code === 'act-done' && event.act.do === 'route' && event.act.share === 0,
    )
    expect((back?.at ?? Infinity) - decided).toBeLessThan(1_000)
  })

  it('does not go back to a stable version that is the broken one', async () => {
    const one = world().service('accounts', '1.0.0')
    const running = begin(one)
    await one.clock.advance(5_000)
    one.runtime.befall('accounts', '1.0.0', 'exited')
    one.release('accounts', '2.0.0', {errorRate: 1})
    expect(await one.clock.run(running)).toMatchObject({value: {state: 'halted'}})
    expect(shares(one)).toEqual({'1.0.0': 90, '2.0.0': 10})
  })

  it('is no prison: a stable version that is ill is replaced by one that is well', async () => {
    const one = world().service('accounts', '1.0.0').release('accounts', '1.0.0', {errorRate: 1})
    one.runtime.befall('accounts', '1.0.0', 'unhealthy')
    expect(await one.clock.run(begin(one))).toMatchObject({value: {state: 'succeeded'}})
    expect(shares(one)).toEqual({'2.0.0': 100})
  })
})

describe('a release that cannot be had', () => {
  it('and can never start meets its deadline, and is taken back', async () => {
    const one = world().service('accounts', '1.0.0').release('accounts', '2.0.0', {startsInMs: Infinity})
    const from = one.clock.monotonic()
    expect(await one.clock.run(begin(one))).toMatchObject({
      value: {state: 'failed', failure: {message: expect.stringContaining('a healthy 2.0.0 did not come about')}},
    })
    expect(one.clock.monotonic() - from).toBeLessThan(60_000)
    expect(pools(one)).toEqual(['accounts 1.0.0'])
  })

  it('since there is no place for it is taken back by itself, and waits for nobody', async () => {
    const one = world().service('accounts', '1.0.0')
    const start = async () => fail(failure('runtime-failed', {message: 'no room on any machine'}))
    const full = {...one.deps, runtime: {...one.deps.runtime, start}}
    expect(await one.clock.run(run(full, UPGRADE, 'r1', one.options()))).toMatchObject({
      value: {state: 'failed', failure: {message: expect.stringContaining('no room on any machine')}},
    })
    expect(shares(one)).toEqual({'1.0.0': 100})
  })
})

describe('the last promotion', () => {
  it('keeps traffic on the healthy side where next dies at 100 %', async () => {
    const one = world().service('accounts', '1.0.0')
    const running = begin(one)
    await one.clock.advance(25_000)
    expect(shares(one)).toEqual({'1.0.0': 0, '2.0.0': 100})
    one.runtime.befall('accounts', '2.0.0', 'exited')
    await one.clock.advance(1_000)
    expect(shares(one)['1.0.0']).toBe(100)
    expect(await one.clock.run(running)).toMatchObject({value: {state: 'failed'}})
  })

  it('keeps traffic on next where current cannot be stopped any more', async () => {
    const one = world().service('accounts', '1.0.0')
    const stop = async () => fail(failure('runtime-failed', {message: 'the host does not answer'}))
    const stuck = {...one.deps, runtime: {...one.deps.runtime, stop}}
    const outcome = await one.clock.run(run(stuck, UPGRADE, 'r1', one.options()))
    expect(outcome).toMatchObject({value: {state: 'halted'}})
    expect(shares(one)).toEqual({'2.0.0': 100})
    expect(await goOn(one)).toMatchObject({value: {state: 'succeeded'}})
  })

  it('is not to be had twice: what has ended is not promoted', async () => {
    const one = world().service('accounts', '1.0.0')
    await one.clock.run(begin(one))
    const rollout = await one.deps.state.load('prod', 'r1')
    if (!rollout.ok) throw new Error(rollout.failure.message)
    const wish: Wish = {do: 'promote', full: true}
    const answer = await ask(one.deps, rollout.value, {id: 'q1', by: whoOf(7), at: one.clock.now(), wish})
    expect(answer).toMatchObject({ok: false, failure: {message: 'the rollout has ended: succeeded'}})
    expect(await one.deps.state.asked('prod', 'r1')).toEqual({ok: true, value: []})
    expect(shares(one)).toEqual({'2.0.0': 100})
  })
})

describe('an approval that does not come', () => {
  it('starts nothing over: what was baked stays baked, however often somebody looks again', async () => {
    const plan = planOf(
      {service: 'accounts', moves: ['1.0.0', '2.0.0']},
      {service: 'web', moves: ['1.0.0', '2.0.0'], after: ['accounts-1'], gates: [GATE]},
    )
    const one = world().service('accounts', '1.0.0').service('web', '1.0.0')
    expect(await one.clock.run(begin(one, {}, plan))).toMatchObject({value: {state: 'waiting'}})
    for (let again = 0; again < 3; again++) expect(await goOn(one)).toMatchObject({value: {state: 'waiting'}})
    expect(reached(one)).toEqual([10, 50, 100])
    expect(reached(one, 'web-1')).toEqual([])
  })
})

describe('who waits for the lock', () => {
  it('and gives up leaves those before and behind it alone', async () => {
    const one = world().service('accounts', '1.0.0')
    const first = begin(one)
    await one.clock.advance(1_000)
    const gone = new AbortController()
    const second = begin(one, {lockWaitMs: 600_000, pause: gone.signal}, UPGRADE, 'r2')
    const back = planOf({service: 'accounts', moves: ['2.0.0', '1.0.0']})
    const third = begin(one, {lockWaitMs: 600_000}, back, 'r3')
    await one.clock.advance(2_000)
    gone.abort()
    expect(await one.clock.run(second)).toMatchObject({ok: false, failure: {code: 'locked'}})
    expect(await one.deps.state.load('prod', 'r2')).toMatchObject({ok: false})
    expect(await one.clock.run(Promise.all([first, third]))).toMatchObject([
      {value: {state: 'succeeded'}},
      {value: {state: 'succeeded'}},
    ])
    expect(shares(one)).toEqual({'1.0.0': 100})
  })

  it.each([300, 2_000, 5_000, 12_000, 25_000, 30_000])(
    'gets it although its holder was cut off %i ms in, since a lock ends by itself',
    async at => {
      const one = world().service('accounts', '1.0.0')
      const end = one.clock.monotonic() + at
      void run(
        mortal(one.deps, () => one.clock.monotonic() >= end),
        UPGRADE,
        'r1',
        one.options(),
      )
      await one.clock.advance(at + 100)
      const begun = await one.deps.state.load('prod', 'r1')
      expect(begun.ok).toBe(true)
      expect(await goOn(one, {lockWaitMs: 120_000})).toMatchObject({value: {state: 'succeeded'}})
      expect(shares(one)).toEqual({'2.0.0': 100})
    },
  )
})

describe('a record that was cut off', () => {
  it('stops everything before anything is done', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-scenario-'))
    const one = world().service('accounts', '1.0.0')
    const file = join(folder, 'state.db')
    const whole = sqliteState(file, one.clock)
    const claim = {environment: 'prod', rollout: 'r0', owner: whoOf(1), reason: '', moves: [], touches: [], ttlMs: 1}
    await whole.acquire(claim)
    await whole.close()
    truncateSync(file, 3000)
    const state = sqliteState(file, one.clock)
    // No time passes: the disk is waited for, however long it takes.
    const outcome = await run({...one.deps, state}, UPGRADE, 'r1', one.options())
    expect(outcome).toMatchObject({ok: false, failure: {code: 'state-failed'}})
    expect([pools(one), shares(one)]).toEqual([['accounts 1.0.0'], {'1.0.0': 100}])
    await state.close()
    rmSync(folder, {recursive: true})
  })
})

describe('a failure in one of several groups', () => {
  it('has one fate for the groups before it: what was done stands, unless the policy says otherwise', async () => {
    const plan = planOf(
      {service: 'first', moves: ['1.0.0', '2.0.0']},
      {service: 'accounts', moves: ['1.0.0', '2.0.0'], wave: 2, after: ['first-1']},
      {service: 'last', moves: ['1.0.0', '2.0.0'], wave: 3, after: ['accounts-1']},
    )
    for (const [onFailure, first] of [
      ['halt', '2.0.0'],
      ['undo-wave', '2.0.0'],
      ['undo-plan', '1.0.0'],
    ] as const) {
      const rollout = {
        steps: [100],
        bakeMs: 5_000,
        checks: [{kind: 'errors', below: 1} as const],
        minRequests: 0,
        ...FULL,
      }
      const one = world().service('first', '1.0.0').service('last', '1.0.0')
      one.service('accounts', '1.0.0', {rollout: {...rollout, onFailure}}).release('accounts', '2.0.0', {errorRate: 1})
      await one.clock.run(begin(one, {}, plan))
      expect(pools(one).toSorted()).toEqual(['accounts 1.0.0', `first ${first}`, 'last 1.0.0'])
    }
  })
})
