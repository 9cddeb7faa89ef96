import {describe, expect, it} from 'vitest'
import type {OnFailure} from '../../src/core/config/config.ts'
import {resume, run} from '../../src/engine/rollout.ts'
import type {World} from '../support/world.ts'
import {FULL, planOf, whoOf, world} from '../support/world.ts'

/** `first`, then `side` and `bad` beside each other, then `last`. */
const PLAN = planOf(
  {service: 'first', moves: ['1.0.0', '2.0.0']},
  {service: 'side', moves: ['1.0.0', '2.0.0'], wave: 2, after: ['first-1']},
  {service: 'bad', moves: ['1.0.0', '2.0.0'], wave: 2, after: ['first-1']},
  {service: 'last', moves: ['1.0.0', '2.0.0'], wave: 3, after: ['bad-1']},
)

const QUICK = {steps: [100], bakeMs: 0, checks: [], minRequests: 0, ...FULL}

function failing(onFailure: OnFailure, bakeMs = 20_000): World {
  const one = world()
  for (const name of ['first', 'side', 'last']) one.service(name, '1.0.0', {rollout: QUICK})
  const checks = [{kind: 'errors', below: 1} as const]
  one.service('bad', '1.0.0', {rollout: {steps: [100], bakeMs, checks, minRequests: 1e9, ...FULL, onFailure}})
  return one.release('bad', '2.0.0', {errorRate: 0.02})
}

const states = (one: World) =>
  Object.fromEntries(one.runtime.instances.map(({service, pool}) => [service, pool] as const))

describe('what is done where a step was taken back', () => {
  it.each([
    ['halt', {first: '2.0.0', side: '2.0.0', bad: '1.0.0', last: '1.0.0'}, undefined],
    [
      'undo-wave',
      {first: '2.0.0', side: '1.0.0', bad: '1.0.0', last: '1.0.0'},
      {rollout: 'r1-undo', state: 'succeeded'},
    ],
    [
      'undo-plan',
      {first: '1.0.0', side: '1.0.0', bad: '1.0.0', last: '1.0.0'},
      {rollout: 'r1-undo', state: 'succeeded'},
    ],
  ] as const)('%s', async (policy, expected, undone) => {
    const one = failing(policy)
    const outcome = await one.clock.run(run(one.deps, PLAN, 'r1', one.options()))
    expect(outcome).toMatchObject({value: {state: 'failed', rollout: 'r1'}})
    if (!outcome.ok || outcome.value.state !== 'failed') throw new Error('it did not fail')
    expect(outcome.value.undone).toEqual(undone)
    expect(states(one)).toEqual(expected)
  })

  it('is done by whoever comes next, where the process died between the two', async () => {
    const one = failing('undo-plan')
    const {begin, leases} = one.deps.state
    let begun = 0
    const dying: typeof begin = (...args) => (++begun > 1 ? new Promise(() => {}) : begin(...args))
    void run({...one.deps, state: {...one.deps.state, begin: dying}}, PLAN, 'r1', one.options())
    await one.clock.advance(120_000)
    expect(states(one)).toMatchObject({first: '2.0.0', bad: '1.0.0'})
    const held = await leases('prod')
    const takeover = held.ok ? (held.value[0]?.fence ?? 0) : 0
    const other = await one.clock.run(
      run(one.deps, planOf({service: 'first', moves: ['2.0.0', '3.0.0']}), 'r9', one.options({takeover})),
    )
    expect(other).toMatchObject({
      ok: false,
      failure: {code: 'halted', message: expect.stringContaining('has not begun')},
    })
    const again = await one.clock.run(resume(one.deps, 'prod', 'r1', one.options()))
    expect(again).toMatchObject({value: {state: 'failed', undone: {state: 'succeeded'}}})
    expect(states(one)).toMatchObject({first: '1.0.0', side: '1.0.0', bad: '1.0.0'})
  })

  it('is never an undo of an undo', async () => {
    const one = failing('undo-plan')
    one.release('first', '1.0.0', {errorRate: 1})
    const config = one.deps.services.get('first')!
    Object.assign(config, {
      rollout: {...QUICK, bakeMs: 5_000, checks: [{kind: 'errors', below: 1}], onFailure: 'undo-plan'},
    })
    const outcome = await one.clock.run(run(one.deps, PLAN, 'r1', one.options()))
    expect(outcome).toMatchObject({value: {state: 'failed', undone: {rollout: 'r1-undo', state: 'failed'}}})
    expect(await one.deps.state.load('prod', 'r1-undo-undo')).toMatchObject({ok: false})
  })

  it('does not follow where somebody wanted it stopped', async () => {
    const one = failing('undo-plan', 600_000)
    const abort = new AbortController()
    const running = run(one.deps, PLAN, 'r1', one.options({abort: abort.signal}))
    await one.clock.advance(5_000)
    abort.abort()
    expect(await one.clock.run(running)).toMatchObject({value: {state: 'aborted'}})
    expect(states(one)).toMatchObject({first: '2.0.0', bad: '1.0.0'})
  })
})

describe('a release that was taken back', () => {
  const UPGRADE = planOf({service: 'accounts', moves: ['1.0.0', '2.0.0']})
  const failed = async () => {
    const one = world().service('accounts', '1.0.0').release('accounts', '2.0.0', {errorRate: 1})
    expect(await one.clock.run(run(one.deps, UPGRADE, 'r1', one.options()))).toMatchObject({value: {state: 'failed'}})
    one.release('accounts', '2.0.0', {})
    return one
  }

  it('is refused by the next rollout', async () => {
    const one = await failed()
    expect(await one.clock.run(run(one.deps, UPGRADE, 'r2', one.options()))).toMatchObject({
      failure: {code: 'halted', message: expect.stringMatching(/^accounts@2\.0\.0 was taken back in rollout r1: /)},
    })
  })

  it('is tried again on somebody’s word, and then it is good', async () => {
    const one = await failed()
    const again = await one.clock.run(run(one.deps, UPGRADE, 'r2', one.options({again: true})))
    expect(again).toMatchObject({value: {state: 'succeeded'}})
    const back = planOf({service: 'accounts', moves: ['2.0.0', '1.0.0']})
    expect(await one.clock.run(run(one.deps, back, 'r3', one.options()))).toMatchObject({value: {state: 'succeeded'}})
    expect(await one.clock.run(run(one.deps, UPGRADE, 'r4', one.options()))).toMatchObject({
      value: {state: 'succeeded'},
    })
  })

  it('is forgiven by a request that nobody needs to hear', async () => {
    const one = await failed()
    const wish = {do: 'forgive', service: 'accounts', pool: '2.0.0'} as const
    await one.deps.state.ask('prod', 'r1', {id: 'q1', by: whoOf(1), at: one.clock.now(), wish})
    expect(await one.clock.run(run(one.deps, UPGRADE, 'r2', one.options()))).toMatchObject({
      value: {state: 'succeeded'},
    })
  })
})
