import {describe, expect, it} from 'vitest'
import {failure} from '../../src/core/base/failure.ts'
import {fail} from '../../src/core/base/result.ts'
import type {Options} from '../../src/engine/rollout.ts'
import {resume, run} from '../../src/engine/rollout.ts'
import {holderOf} from '../../src/engine/ask.ts'
import type {World} from '../support/world.ts'
import {FULL, planOf, world} from '../support/world.ts'

const SERVER = planOf({service: 'accounts', moves: ['1.0.0', '2.0.0']})
const CLIENT = planOf({service: 'web', moves: ['1.0.0', '2.0.0']})
const OTHER = planOf({service: 'mail', moves: ['1.0.0', '2.0.0']})

/** Web calls accounts, and mail has nothing to do with them. */
function three(): World {
  const one = world().service('accounts', '1.0.0').service('web', '1.0.0').service('mail', '1.0.0')
  const neighbours = new Map([
    ['accounts', new Map([['web', 'accounts-api']])],
    ['web', new Map([['accounts', 'accounts-api']])],
  ])
  return Object.assign(one, {deps: {...one.deps, neighbours}})
}

const begin = (one: World, plan: typeof SERVER, id: string, difference: Partial<Options> = {}) =>
  run(one.deps, plan, id, one.options(difference))

const LONG = {steps: [50, 100], bakeMs: 300_000, checks: [], minRequests: 0, ...FULL}

describe('a record that cannot be reached in a long bake', () => {
  const gone = failure('state-failed', {message: 'nobody listens there'})

  /** Two minutes into a bake of five nobody can renew a lease, for one minute. */
  async function cutOff(): Promise<World> {
    const one = world().service('mail', '1.0.0', {rollout: LONG})
    let isAway = false
    const {state} = one.deps
    const renew: typeof state.renew = async (...of) => (isAway ? fail(gone) : state.renew(...of))
    Object.assign(one.deps, {state: {...state, renew}})
    const done = begin(one, OTHER, 'r1')
    await one.clock.advance(120_000)
    isAway = true
    await one.clock.advance(60_000)
    isAway = false
    expect(await one.clock.run(done)).toMatchObject({value: {state: 'succeeded'}})
    return one
  }

  it('is told of once, with since when, and again when it is back; and the rollout goes on', async () => {
    const told = (await cutOff()).events.filter(({code}) => code.startsWith('record-'))
    expect(told).toMatchObject([
      {code: 'record-away', rollout: 'r1', since: expect.any(String), message: 'nobody listens there'},
      {code: 'record-back', rollout: 'r1', since: expect.any(String)},
    ])
    const [away, back] = told
    if (away?.code !== 'record-away' || back?.code !== 'record-back') throw new Error('not told')
    expect(back.since).toBe(away.since)
    const lateMs = away.at - Date.parse(away.since)
    expect([lateMs >= 0, lateMs <= 11_000, back.at - away.at]).toEqual([true, true, 60_000])
  })
})

describe('two rollouts', () => {
  it('run side by side where their services share no contract', async () => {
    const one = three()
    const both = Promise.all([begin(one, SERVER, 'r1'), begin(one, OTHER, 'r2')])
    expect(await one.clock.run(both)).toMatchObject([{value: {state: 'succeeded'}}, {value: {state: 'succeeded'}}])
  })

  it('do not where they do, and the second is told over which contract, by whom, why and until when', async () => {
    const one = three()
    const first = begin(one, SERVER, 'r1', {reason: 'new prices'})
    await one.clock.advance(5_000)
    const second = await one.clock.run(begin(one, CLIENT, 'r2'))
    if (second.ok) throw new Error('it was not refused')
    expect(second.failure).toMatchObject({
      code: 'locked',
      message: expect.stringMatching(
        /^prod is held by anna on here \(pid \d+\) since 2026-01-01T00:00:00.000Z for rollout r1 \(lock 1\): new prices; web and accounts share accounts-api$/,
      ),
      hint: expect.stringContaining('sluice rollout takeover r1'),
    })
    expect(await one.clock.run(first)).toMatchObject({value: {state: 'succeeded'}})
  })

  it('follow each other where the second waits', async () => {
    const one = three()
    const first = begin(one, SERVER, 'r1')
    await one.clock.advance(1_000)
    const second = begin(one, CLIENT, 'r2', {lockWaitMs: 600_000})
    expect(await one.clock.run(Promise.all([first, second]))).toMatchObject([
      {value: {state: 'succeeded'}},
      {value: {state: 'succeeded'}},
    ])
  })

  it('do not overtake one another over a contract while a step lies half done', async () => {
    const one = three()
    const pause = new AbortController()
    const first = begin(one, SERVER, 'r1', {pause: pause.signal})
    await one.clock.advance(5_000)
    pause.abort()
    await one.clock.run(first)
    expect(await one.clock.run(begin(one, CLIENT, 'r2'))).toMatchObject({failure: {code: 'halted'}})
    expect(await one.clock.run(begin(one, OTHER, 'r3'))).toMatchObject({value: {state: 'succeeded'}})
  })
})

describe('a lock that is taken away', () => {
  it('leaves an old leader that still acts no way to do so, in the record or in the balancer, and gives it time', async () => {
    const one = three()
    const hung = {...one.deps, state: {...one.deps.state, renew: () => new Promise<never>(() => {})}}
    const old = run(hung, SERVER, 'r1', one.options())
    await one.clock.advance(5_000)
    const held = await holderOf(one.deps, 'prod', 'r1')
    if (!held.ok || !held.value) throw new Error('nobody holds it')
    const takeover = held.value.fence
    const before = one.clock.monotonic()
    const taken = await one.clock.run(resume(one.deps, 'prod', 'r1', one.options({takeover})))
    expect(taken).toMatchObject({value: {state: 'succeeded'}})
    expect(one.clock.monotonic() - before).toBeGreaterThan(12_000)
    expect(await one.clock.run(old)).toMatchObject({value: {state: 'halted', failure: {code: 'locked'}}})
    const route = {name: 'accounts', route: {backend: 'accounts'}, fence: takeover}
    const late = await one.deps.balancer.route(route, [{pool: {id: '1.0.0', addresses: ['a:1']}, share: 100}])
    expect(late).toMatchObject({ok: false, failure: {message: expect.stringContaining('old')}})
    expect(one.balancer.shares('accounts')).toEqual({'2.0.0': 100})
  })

  it('is refused where the number is of the past', async () => {
    const one = three()
    const first = begin(one, SERVER, 'r1')
    await one.clock.advance(1_000)
    expect(await one.clock.run(resume(one.deps, 'prod', 'r1', one.options({takeover: 99})))).toMatchObject({
      failure: {code: 'locked'},
    })
    expect(await one.clock.run(first)).toMatchObject({value: {state: 'succeeded'}})
  })
})

describe('an old rollout', () => {
  const GATED = planOf({
    service: 'accounts',
    moves: ['1.0.0', '2.0.0'],
    gates: [{kind: 'contract-unused', contract: 'accounts-api', major: 1}],
  })

  it('is not resumed over a newer one that moved one of its services, or one that shares a contract', async () => {
    for (const plan of [SERVER, CLIENT]) {
      const one = three()
      expect(await one.clock.run(begin(one, GATED, 'r1'))).toMatchObject({value: {state: 'waiting'}})
      expect(await one.clock.run(begin(one, plan, 'r2'))).toMatchObject({value: {state: 'succeeded'}})
      expect(await one.clock.run(resume(one.deps, 'prod', 'r1', one.options({waive: ['all']})))).toMatchObject({
        failure: {code: 'plan-stale', message: expect.stringContaining('rollout r1 is of the past: rollout r2')},
      })
    }
  })

  it('is closed by an abort all the same', async () => {
    const one = three()
    await one.clock.run(begin(one, GATED, 'r1'))
    await one.clock.run(begin(one, SERVER, 'r2'))
    const abort = AbortSignal.abort()
    expect(await one.clock.run(resume(one.deps, 'prod', 'r1', one.options({abort})))).toMatchObject({
      value: {state: 'aborted'},
    })
    expect(one.balancer.shares('accounts')).toEqual({'2.0.0': 100})
  })
})
