import {describe, expect, it} from 'vitest'
import type {Request, Wish} from '../../src/core/rollout/request.ts'
import {stateOf} from '../../src/core/rollout/rollout-state.ts'
import type {Options, Outcome} from '../../src/engine/rollout.ts'
import {resume, run} from '../../src/engine/rollout.ts'
import type {World} from '../support/world.ts'
import {planOf, whoOf, world} from '../support/world.ts'

const UPGRADE = planOf({service: 'accounts', moves: ['1.0.0', '2.0.0']})
const GATED = planOf({
  service: 'accounts',
  moves: ['1.0.0', '2.0.0'],
  gates: [{kind: 'contract-unused', contract: 'accounts-api', major: 1}],
})

const upgrading = () => world().service('accounts', '1.0.0')
const begin = (one: World, difference: Partial<Options> = {}, plan = UPGRADE) =>
  run(one.deps, plan, 'r1', one.options(difference))
const goOn = (one: World, difference: Partial<Options> = {}) =>
  one.clock.run(resume(one.deps, 'prod', 'r1', one.options(difference)))

let made = 0

async function ask(one: World, wish: Wish, difference: Partial<Request> = {}): Promise<void> {
  const request = {id: `q${++made}`, by: {...whoOf(7), name: 'ben'}, at: one.clock.now(), wish, ...difference}
  const left = await one.deps.state.ask('prod', 'r1', request)
  if (!left.ok) throw new Error(left.failure.message)
}

async function ended(one: World, running: ReturnType<typeof run>): Promise<Outcome> {
  const outcome = await one.clock.run(running)
  if (!outcome.ok) throw new Error(outcome.failure.message)
  return outcome.value
}

async function heard(one: World): Promise<readonly (string | undefined)[]> {
  const rollout = await one.deps.state.load('prod', 'r1')
  if (!rollout.ok) throw new Error(rollout.failure.message)
  return rollout.value.entries.flatMap(({record}) =>
    record.code === 'request-heard' ? [record.refused?.message ?? record.request.wish.do] : [],
  )
}

const shares = (one: World) => one.balancer.shares('accounts')

describe('what another shell asks of the process that carries a rollout out', () => {
  it('pauses it where it is safe, and says who wanted it and why', async () => {
    const one = upgrading()
    const running = begin(one)
    await one.clock.advance(5_000)
    await ask(one, {do: 'pause'}, {reason: 'the shop is on television'})
    expect(await ended(one, running)).toMatchObject({
      state: 'paused',
      failure: {message: 'paused by ben: the shop is on television'},
    })
    expect(shares(one)).toEqual({'1.0.0': 90, '2.0.0': 10})
    expect(await goOn(one)).toMatchObject({value: {state: 'succeeded'}})
  })

  it('keeps a process that waits where it is until somebody wants more, and no deadline runs out meanwhile', async () => {
    const one = upgrading().release('accounts', '2.0.0', {startsInMs: 8_000})
    const running = begin(one, {wait: true})
    await one.clock.advance(3_000)
    await ask(one, {do: 'pause'})
    await one.clock.advance(3_600_000)
    expect(shares(one)).toEqual({'1.0.0': 100})
    await ask(one, {do: 'resume'})
    expect(await ended(one, running)).toMatchObject({state: 'succeeded'})
  })

  it('takes a release that turns bad back, paused or not', async () => {
    const one = upgrading()
    const running = begin(one, {wait: true})
    await one.clock.advance(5_000)
    await ask(one, {do: 'pause'})
    await one.clock.advance(600_000)
    expect(shares(one)).toEqual({'1.0.0': 90, '2.0.0': 10})
    one.release('accounts', '2.0.0', {errorRate: 1})
    await one.clock.advance(60_000)
    expect(shares(one)).toEqual({'1.0.0': 100})
    await ask(one, {do: 'resume'})
    expect(await ended(one, running)).toMatchObject({state: 'failed'})
  })

  it('skips the present bake, and only that one', async () => {
    const one = upgrading()
    const running = begin(one)
    await one.clock.advance(2_000)
    await ask(one, {do: 'promote', full: false})
    await one.clock.advance(2_000)
    expect(shares(one)).toEqual({'1.0.0': 50, '2.0.0': 50})
    await one.clock.advance(7_000)
    expect(shares(one)).toEqual({'1.0.0': 50, '2.0.0': 50})
    expect(await ended(one, running)).toMatchObject({state: 'succeeded'})
  })

  it('skips every bake, share by share', async () => {
    const one = upgrading()
    const running = begin(one)
    await one.clock.advance(2_000)
    await ask(one, {do: 'promote', full: true})
    await one.clock.advance(6_000)
    expect(shares(one)).toEqual({'2.0.0': 100})
    const reached = one.events.flatMap(event =>
      event.code === 'act-done' && event.act.do === 'route' ? [event.act] : [],
    )
    expect(reached.map(({share}) => share)).toEqual([10, 50, 100])
    expect(await ended(one, running)).toMatchObject({state: 'succeeded'})
  })

  it('does not promote what fails its checks', async () => {
    const one = upgrading().release('accounts', '2.0.0', {errorRate: 0.4})
    const running = begin(one)
    await one.clock.advance(1_000)
    await ask(one, {do: 'promote', full: true})
    expect(await ended(one, running)).toMatchObject({state: 'failed'})
    expect(shares(one)).toEqual({'1.0.0': 100})
  })

  it('puts all traffic back first when it is aborted', async () => {
    const one = upgrading()
    const running = begin(one)
    await one.clock.advance(15_000)
    await ask(one, {do: 'abort'})
    await one.clock.advance(1_000)
    expect(shares(one)['1.0.0']).toBe(100)
    expect(await ended(one, running)).toMatchObject({state: 'aborted'})
  })

  it('goes on without a gate that was waived from elsewhere, and records by whom', async () => {
    const one = upgrading()
    const running = begin(one, {wait: true}, GATED)
    await one.clock.advance(5_000)
    expect(one.codes()).toContain('step-waiting')
    await ask(one, {do: 'approve', gate: 'contract-unused:accounts-api@1', waive: true}, {reason: 'nobody calls it'})
    expect(await ended(one, running)).toMatchObject({state: 'succeeded'})
    const passed = one.events.find(event => event.code === 'gate-passed')
    expect(passed).toMatchObject({
      how: 'waived',
      detail: expect.stringMatching(/^waived by ben \(nobody calls it\), although /),
    })
  })

  it('hears a waiver that was left while nobody carried it out', async () => {
    const one = upgrading()
    expect(await ended(one, begin(one, {}, GATED))).toMatchObject({state: 'waiting'})
    await ask(one, {do: 'approve', gate: 'all', waive: true})
    expect(await goOn(one)).toMatchObject({value: {state: 'succeeded'}})
  })

  it('does not do the same request twice, whoever hears it', async () => {
    const one = upgrading()
    const running = begin(one)
    await one.clock.advance(2_000)
    await ask(one, {do: 'pause'}, {id: 'same'})
    await ended(one, running)
    await ask(one, {do: 'pause'}, {id: 'same'})
    expect(await goOn(one)).toMatchObject({value: {state: 'succeeded'}})
    expect(await heard(one)).toEqual(['pause'])
  })

  it('takes what was asked of a moment for past when that moment is', async () => {
    const one = upgrading()
    const leave = new AbortController()
    const running = begin(one, {pause: leave.signal})
    await one.clock.advance(2_000)
    leave.abort()
    await ended(one, running)
    await ask(one, {do: 'pause'})
    await ask(one, {do: 'promote', full: false})
    expect(await goOn(one)).toMatchObject({value: {state: 'succeeded'}})
    expect(await heard(one)).toEqual(Array.from({length: 2}, () => expect.stringContaining('nobody carried')))
  })

  it('refuses what makes no sense, and says so in the record', async () => {
    const one = upgrading().release('accounts', '2.0.0', {startsInMs: 5_000})
    const running = begin(one)
    await one.clock.advance(100)
    await ask(one, {do: 'promote', full: false})
    await ask(one, {do: 'promote', full: false, step: 'nothing-1'})
    await ask(one, {do: 'retry'})
    expect(await ended(one, running)).toMatchObject({state: 'succeeded'})
    expect(await heard(one)).toEqual([
      'no share is being held just now',
      'there is no step nothing-1 in the plan',
      'no step was taken back',
    ])
  })

  it('tries a step again that was taken back while the rest goes on', async () => {
    const plan = planOf({service: 'bad', moves: ['1.0.0', '2.0.0']}, {service: 'slow', moves: ['1.0.0', '2.0.0']})
    const one = world().service('bad', '1.0.0').service('slow', '1.0.0')
    one.release('bad', '2.0.0', {errorRate: 1})
    const running = begin(one, {}, plan)
    await one.clock.advance(10_000)
    one.release('bad', '2.0.0', {})
    await ask(one, {do: 'retry', step: 'bad-1'})
    expect(await ended(one, running)).toMatchObject({state: 'succeeded'})
    expect(one.balancer.shares('bad')).toEqual({'2.0.0': 100})
  })

  it('remembers all of it in the record alone', async () => {
    const one = upgrading()
    const running = begin(one)
    await one.clock.advance(2_000)
    await ask(one, {do: 'promote', full: true})
    await ask(one, {do: 'approve', gate: 'all', waive: true})
    await ask(one, {do: 'pause'})
    await ended(one, running)
    const rollout = await one.deps.state.load('prod', 'r1')
    if (!rollout.ok) throw new Error(rollout.failure.message)
    const state = stateOf(UPGRADE, rollout.value.entries)
    expect(state).toMatchObject({full: true, approvals: [{by: {name: 'ben'}}], paused: {wish: {do: 'pause'}}})
    expect(state.heard.size).toBe(3)
  })
})
