import {describe, expect, it} from 'vitest'
import type {Plan} from '../../src/core/plan/plan.ts'
import type {Outcome} from '../../src/engine/rollout.ts'
import {resume, run} from '../../src/engine/rollout.ts'
import type {World} from '../support/world.ts'
import {FULL, planOf, world} from '../support/world.ts'

const UPGRADE = planOf({service: 'accounts', moves: ['1.0.0', '2.0.0']})

const HELD = ['act-intended', 'act-done', 'bake-passed']
const DONE_TWICE = ['act-intended', 'act-done', 'act-intended', 'act-done']
const ROLLOUT = {steps: [10, 50, 100], bakeMs: 10_000, checks: [], minRequests: 0, ...FULL}
const PROBE = {kind: 'http', path: '/well', timeoutMs: 1000} as const

async function carriedOut(one: World, plan: Plan = UPGRADE): Promise<Outcome> {
  const outcome = await one.clock.run(run(one.deps, plan, 'r1', one.options()))
  if (!outcome.ok) throw new Error(outcome.failure.message)
  return outcome.value
}

/** Every share that was reached, in order. */
function sharesReached(one: World): readonly number[] {
  return one.events.flatMap(event => (event.code === 'act-done' && event.act.do === 'route' ? [event.act.share] : []))
}

const pools = (one: World) => one.runtime.instances.map(({service, pool}) => `${service} ${pool}`)

describe('a rollout', () => {
  it('takes a service from one release to the next by shares', async () => {
    const one = world().service('accounts', '1.0.0')
    expect(await carriedOut(one)).toEqual({rollout: 'r1', state: 'succeeded'})
    expect(sharesReached(one)).toEqual([10, 50, 100])
    expect(one.balancer.shares('accounts')).toEqual({'2.0.0': 100})
    expect(pools(one)).toEqual(['accounts 2.0.0', 'accounts 2.0.0'])
    expect(one.balancer.requests('accounts')['2.0.0']).toBeGreaterThan(0)
  })

  it('writes every intention before its result, and keeps where the service stands', async () => {
    const one = world().service('accounts', '1.0.0')
    await carriedOut(one)
    expect(one.codes().filter(code => !['share-seen', 'instances-seen'].includes(code))).toEqual([
      'rollout-begun',
      'step-started',
      ...DONE_TWICE,
      ...HELD,
      ...HELD,
      ...HELD,
      ...DONE_TWICE,
      'step-succeeded',
      'rollout-ended',
    ])
    const kept = await one.deps.state.kept('prod')
    expect(kept).toMatchObject({value: [{service: 'accounts', state: {release: '2.0.0', mode: null}, pool: '2.0.0'}]})
  })

  it('goes its way where what it deals with is called like a secret', async () => {
    const one = world().service('accounts', '1.0.0')
    const secrets = ['accounts', '2.0.0', 'step-started']
    const outcome = await one.clock.run(run({...one.deps, secrets}, UPGRADE, 'r1', one.options()))
    expect(outcome).toMatchObject({value: {state: 'succeeded'}})
  })

  it('holds every share for its bake', async () => {
    const one = world().service('accounts', '1.0.0')
    await carriedOut(one)
    const at = (code: string) => one.events.filter(event => event.code === code).map(event => event.at)
    const reached = one.events.filter(event => event.code === 'act-done' && event.act.do === 'route').map(({at}) => at)
    at('bake-passed').forEach((passed, index) => expect(passed - (reached[index] ?? 0)).toBeGreaterThanOrEqual(10_000))
  })

  it('puts all traffic back as soon as the errors are beyond doubt, then stops the bad release', async () => {
    const one = world().service('accounts', '1.0.0').release('accounts', '2.0.0', {errorRate: 1})
    const outcome = await carriedOut(one)
    expect(outcome).toMatchObject({state: 'failed', failure: {code: 'rollout-failed'}})
    expect(one.balancer.shares('accounts')).toEqual({'1.0.0': 100})
    expect(pools(one)).toEqual(['accounts 1.0.0', 'accounts 1.0.0'])
    expect(one.balancer.requests('accounts')['2.0.0']).toBeLessThanOrEqual(60)
    expect(sharesReached(one)).toEqual([10, 0])
  })

  it('takes back what dies, falls ill or never comes up', async () => {
    for (const behaviour of [{exitsAfterMs: 5_000}, {startsInMs: Infinity}, {exitsAfterMs: 0}]) {
      const one = world().service('accounts', '1.0.0').release('accounts', '2.0.0', behaviour)
      expect((await carriedOut(one)).state).toBe('failed')
      expect(one.balancer.shares('accounts')).toEqual({'1.0.0': 100})
      expect(pools(one)).toEqual(['accounts 1.0.0', 'accounts 1.0.0'])
    }
  })

  it('begins a step when what it waits for is done, not when its wave comes', async () => {
    const plan = planOf(
      {service: 'fast', moves: ['1.0.0', '2.0.0'], wave: 1},
      {service: 'slow', moves: ['1.0.0', '2.0.0'], wave: 1},
      {service: 'next', moves: ['1.0.0', '2.0.0'], wave: 2, after: ['fast-1']},
    )
    const one = world()
      .service('fast', '1.0.0')
      .service('slow', '1.0.0', {rollout: {steps: [100], bakeMs: 90_000, checks: [], minRequests: 0, ...FULL}})
      .service('next', '1.0.0')
    expect((await carriedOut(one, plan)).state).toBe('succeeded')
    const order = one.events.flatMap(event => (event.code === 'step-succeeded' ? [event.step] : []))
    expect(order).toEqual(['fast-1', 'next-1', 'slow-1'])
  })

  it('begins nothing new after a failure, unless more may fail and it does not wait for one that did', async () => {
    const plan = planOf(
      {service: 'bad', moves: ['1.0.0', '2.0.0']},
      {service: 'good', moves: ['1.0.0', '2.0.0']},
      {service: 'later', moves: ['1.0.0', '2.0.0'], after: ['good-1']},
    )
    for (const [limit, later] of [
      [{}, '1.0.0'],
      [{maxFailures: 0}, '1.0.0'],
      [{maxFailures: 1}, '2.0.0'],
    ] as const) {
      const one = world().service('bad', '1.0.0').service('good', '1.0.0').service('later', '1.0.0')
      one.release('bad', '2.0.0', {errorRate: 0.5})
      Object.assign(one.deps, limit)
      expect((await carriedOut(one, plan)).state).toBe('failed')
      expect(pools(one)).toEqual(expect.arrayContaining(['bad 1.0.0', 'good 2.0.0', `later ${later}`]))
    }
  })

  it('deploys what was not there, and takes away what goes', async () => {
    const plan = planOf(
      {service: 'fresh', moves: [null, '1.0.0']},
      {service: 'gone', moves: ['1.0.0', null], after: ['fresh-1']},
    )
    const one = world().service('fresh').service('gone', '1.0.0')
    expect((await carriedOut(one, plan)).state).toBe('succeeded')
    expect(one.balancer.shares('fresh')).toEqual({'1.0.0': 100})
    expect(one.balancer.shares('gone')).toEqual({})
    expect(pools(one)).toEqual(['fresh 1.0.0', 'fresh 1.0.0'])
  })

  it('replaces what has no route once the next one is healthy', async () => {
    const {route: _, ...unrouted} = {
      rollout: {steps: [100], bakeMs: 0, checks: [], minRequests: 0, ...FULL},
      route: undefined,
    }
    const one = world().service('worker', '1.0.0', unrouted)
    delete (one.deps.services.get('worker') as {route?: unknown}).route
    expect((await carriedOut(one, planOf({service: 'worker', moves: ['1.0.0', '2.0.0']}))).state).toBe('succeeded')
    expect(pools(one)).toEqual(['worker 2.0.0', 'worker 2.0.0'])
  })

  it('waits for a gate, says for what, and goes on when it is resumed and the gate holds', async () => {
    let lastSeen = 0
    const one = world().service('accounts', '1.0.0')
    one.calls(now => ({coveredSince: 0, lastSeen: (lastSeen ||= now), calls: 3}))
    const gates = [{kind: 'contract-unused', contract: 'accounts-api', major: 1}] as const
    const outcome = await carriedOut(one, planOf({service: 'accounts', moves: ['1.0.0', '2.0.0'], gates}))
    expect(outcome).toMatchObject({
      state: 'waiting',
      failure: {message: expect.stringContaining('accounts-api v1 was called')},
    })
    await one.clock.advance(8 * 86_400_000)
    const again = await one.clock.run(resume(one.deps, 'prod', 'r1', one.options()))
    expect(again).toMatchObject({value: {state: 'succeeded'}})
  })

  it('is refused where what runs is not what the plan begins with', async () => {
    const one = world().service('accounts', '1.5.0')
    const outcome = await one.clock.run(run(one.deps, UPGRADE, 'r1', one.options()))
    expect(outcome).toMatchObject({ok: false, failure: {code: 'plan-stale'}})
    expect(await one.deps.state.list('prod', 1)).toEqual({ok: true, value: []})
  })

  it('is refused while somebody else holds the environment, and goes on where the wait is long enough', async () => {
    const one = world().service('accounts', '1.0.0')
    const first = run(one.deps, UPGRADE, 'r1', one.options())
    await one.clock.advance(1000)
    const second = await one.clock.run(run(one.deps, UPGRADE, 'r2', one.options()))
    expect(second).toMatchObject({ok: false, failure: {code: 'locked'}})
    const patient = run(one.deps, UPGRADE, 'r3', one.options({lockWaitMs: 600_000}))
    expect(await one.clock.run(first)).toMatchObject({value: {state: 'succeeded'}})
    expect(await one.clock.run(patient)).toMatchObject({ok: false, failure: {code: 'plan-stale'}})
  })

  it('pauses where it is safe, and goes on from there', async () => {
    const one = world().service('accounts', '1.0.0')
    const pause = new AbortController()
    const running = run(one.deps, UPGRADE, 'r1', one.options({pause: pause.signal}))
    await one.clock.advance(5_000)
    pause.abort()
    expect(await one.clock.run(running)).toMatchObject({value: {state: 'paused'}})
    expect(one.balancer.shares('accounts')).toEqual({'1.0.0': 90, '2.0.0': 10})
    await one.clock.advance(3_600_000)
    expect(await one.clock.run(resume(one.deps, 'prod', 'latest', one.options()))).toMatchObject({
      value: {state: 'succeeded'},
    })
    expect(sharesReached(one)).toEqual([10, 50, 100])
  })

  it('brings nothing up that is aborted in the moment in which it was to start', async () => {
    const one = world().service('accounts', '1.0.0', {rollout: ROLLOUT})
    const abort = new AbortController()
    const emit: typeof one.deps.emit = event => {
      one.deps.emit(event)
      if (event.code === 'act-intended') abort.abort()
    }
    const running = run({...one.deps, emit}, UPGRADE, 'r1', one.options({abort: abort.signal}))
    expect(await one.clock.run(running)).toMatchObject({value: {state: 'aborted'}})
    expect(one.runtime.instances.map(({pool}) => pool)).not.toContain('2.0.0')
  })

  it('puts all traffic back when it is aborted', async () => {
    const one = world().service('accounts', '1.0.0')
    const abort = new AbortController()
    const running = run(one.deps, UPGRADE, 'r1', one.options({abort: abort.signal}))
    await one.clock.advance(15_000)
    abort.abort()
    expect(await one.clock.run(running)).toMatchObject({value: {state: 'aborted'}})
    expect(one.balancer.shares('accounts')).toEqual({'1.0.0': 100})
  })

  it('takes all of it back where it is told to stop and then to go back', async () => {
    const one = world().service('accounts', '1.0.0')
    const [pause, abort] = [new AbortController(), new AbortController()]
    const running = run(one.deps, UPGRADE, 'r1', one.options({pause: pause.signal, abort: abort.signal}))
    await one.clock.advance(15_000)
    pause.abort()
    abort.abort()
    expect(await one.clock.run(running)).toMatchObject({value: {state: 'aborted'}})
    expect(pools(one)).toEqual(['accounts 1.0.0', 'accounts 1.0.0'])
  })

  it('takes all of it back where that is asked for when the steps have been left, and the record hangs', async () => {
    const one = world().service('accounts', '1.0.0')
    const [pause, abort] = [new AbortController(), new AbortController()]
    let hangs = false
    const {state} = one.deps
    const asked: typeof state.asked = (...of) => (hangs ? new Promise(() => {}) : state.asked(...of))
    const deps = {...one.deps, state: {...state, asked}}
    const running = run(deps, UPGRADE, 'r1', one.options({pause: pause.signal, abort: abort.signal}))
    await one.clock.advance(15_000)
    hangs = true
    await one.clock.advance(1_000)
    pause.abort()
    await one.clock.advance(2_000)
    hangs = false
    abort.abort()
    expect(await one.clock.run(running)).toMatchObject({value: {state: 'aborted'}})
    expect(pools(one)).toEqual(['accounts 1.0.0', 'accounts 1.0.0'])
  })

  it('sets a share again that somebody took away, and gives up on a balancer that does not keep it', async () => {
    const one = world().service('accounts', '1.0.0')
    const running = run(one.deps, UPGRADE, 'r1', one.options())
    await one.clock.advance(5_000)
    one.balancer.meddle('accounts', {'1.0.0': 100})
    expect(await one.clock.run(running)).toMatchObject({value: {state: 'succeeded'}})
    expect(sharesReached(one)).toEqual([10, 10, 50, 100])
  })

  it('goes no further where the requests go elsewhere than the weights say', async () => {
    const one = world().service('accounts', '1.0.0')
    one.balancer.stray('accounts', '2.0.0', 60)
    const outcome = await carriedOut(one)
    expect(outcome).toMatchObject({
      state: 'failed',
      failure: {message: expect.stringContaining('10% was asked and set, 6')},
    })
  })

  it('does not send traffic back to a current that is dead', async () => {
    const one = world().service('accounts', '1.0.0', {rollout: {...ROLLOUT, checks: [PROBE]}})
    const running = run(one.deps, UPGRADE, 'r1', one.options())
    await one.clock.advance(5_000)
    one.runtime.befall('accounts', '1.0.0', 'exited')
    one.answers(() => ({verdict: 'failed', detail: 'not well'}))
    expect(await one.clock.run(running)).toMatchObject({
      value: {
        state: 'halted',
        failure: {message: expect.stringContaining('1.0.0 has no healthy instance to take the traffic back')},
      },
    })
    expect(one.balancer.shares('accounts')).toEqual({'1.0.0': 90, '2.0.0': 10})
  })
})
