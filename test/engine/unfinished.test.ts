import {describe, expect, it} from 'vitest'
import {resume, run} from '../../src/engine/rollout.ts'
import {standingIn} from '../../src/engine/standing.ts'
import {mortal} from '../support/mortal.ts'
import {planOf, whoOf, world} from '../support/world.ts'

const UPGRADE = planOf({service: 'accounts', moves: ['1.0.0', '2.0.0']})
const OTHER = planOf({service: 'billing', moves: ['1.0.0', '2.0.0']})

/** A world in which rollout r1 of accounts was paused at its first share. */
async function leftInTheMiddle() {
  const one = world().service('accounts', '1.0.0').service('billing', '1.0.0')
  const pause = new AbortController()
  const running = run(one.deps, UPGRADE, 'r1', one.options({pause: pause.signal}))
  await one.clock.advance(5_000)
  pause.abort()
  expect(await one.clock.run(running)).toMatchObject({value: {state: 'paused'}})
  return one
}

/** The same, with everything ended since, and what ran before it started again by r3. */
async function restartedInTheMiddle() {
  const first = planOf({service: 'accounts', moves: [null, '1.0.0']})
  const one = world().service('accounts')
  await one.clock.run(run(one.deps, first, 'r0', one.options()))
  const pause = new AbortController()
  const running = run(one.deps, UPGRADE, 'r1', one.options({pause: pause.signal}))
  await one.clock.advance(5_000)
  pause.abort()
  await one.clock.run(running)
  for (const pool of ['1.0.0', '2.0.0']) one.runtime.befall('accounts', pool, 'exited')
  expect(await one.clock.run(run(one.deps, UPGRADE, 'r2', one.options()))).toMatchObject({failure: {code: 'halted'}})
  expect(await one.clock.run(run(one.deps, first, 'r3', one.options()))).toMatchObject({value: {state: 'succeeded'}})
  expect(one.balancer.shares('accounts')).toMatchObject({'1.0.0': 100})
  return one
}

describe('a rollout that was left in the middle of a step', () => {
  it('is finished before another one moves the same service', async () => {
    const one = await leftInTheMiddle()
    const second = await one.clock.run(run(one.deps, UPGRADE, 'r2', one.options()))
    expect(second).toMatchObject({
      ok: false,
      failure: {code: 'halted', message: 'rollout r1 was left in the middle of accounts-1'},
    })
    expect(one.balancer.shares('accounts')).toEqual({'1.0.0': 90, '2.0.0': 10})
    expect(await one.clock.run(resume(one.deps, 'prod', 'r1', one.options()))).toMatchObject({
      value: {state: 'succeeded'},
    })
    const back = planOf({service: 'accounts', moves: ['2.0.0', '1.0.0']})
    expect(await one.clock.run(run(one.deps, back, 'r3', one.options()))).toMatchObject({value: {state: 'succeeded'}})
  })

  it('begins its step again after the machine was restarted, once what it came from runs again', async () => {
    const one = await restartedInTheMiddle()
    expect(await one.clock.run(resume(one.deps, 'prod', 'r1', one.options()))).toMatchObject({
      value: {state: 'succeeded'},
    })
    expect(one.balancer.shares('accounts')).toEqual({'2.0.0': 100})
    const again = await one.deps.state.load('prod', 'r1')
    const starts =
      again.ok && again.value.entries.filter(({record}) => record.code === 'act-intended' && record.act.do === 'start')
    expect(starts).toHaveLength(2)
  })

  it('does not lose its verdict where only the next release has died', async () => {
    const one = await leftInTheMiddle()
    one.runtime.befall('accounts', '2.0.0', 'exited')
    expect(await one.clock.run(resume(one.deps, 'prod', 'r1', one.options()))).toMatchObject({
      value: {state: 'failed', failure: {message: expect.stringContaining('has exited')}},
    })
    expect(one.balancer.shares('accounts')).toEqual({'1.0.0': 100})
  })

  it('is taken back after the machine was restarted, where somebody wants it', async () => {
    const one = await restartedInTheMiddle()
    const abort = AbortSignal.abort()
    expect(await one.clock.run(resume(one.deps, 'prod', 'r1', one.options({abort})))).toMatchObject({
      value: {state: 'aborted'},
    })
    expect(one.balancer.shares('accounts')).toEqual({'1.0.0': 100})
    expect(await one.clock.run(run(one.deps, UPGRADE, 'r4', one.options()))).toMatchObject({
      value: {state: 'succeeded'},
    })
  })

  it('does not hold up what it does not move', async () => {
    const one = await leftInTheMiddle()
    expect(await one.clock.run(run(one.deps, OTHER, 'r2', one.options()))).toMatchObject({value: {state: 'succeeded'}})
  })
})

const FIRST = planOf({service: 'accounts', moves: [null, '1.0.0']})

/** A world whose machine was restarted while rollout r1, from which there is no way back, stopped 1.0.0. */
async function restartedPastTheTurn() {
  const one = world().service('accounts')
  await one.clock.run(run(one.deps, FIRST, 'r0', one.options()))
  const oneWay = planOf({service: 'accounts', moves: ['1.0.0', '2.0.0'], reversible: false})
  const isStopping = () => one.events.some(event => event.code === 'act-intended' && event.act.do === 'stop')
  void run(mortal(one.deps, isStopping), oneWay, 'r1', one.options())
  await one.clock.advance(90_000)
  expect(isStopping()).toBe(true)
  for (const {pool} of one.runtime.instances) one.runtime.befall('accounts', pool, 'exited')
  return one
}

describe('a step that was stopping what it came from when the machine was restarted', () => {
  it('stands where it leads: that is started again, and not what was being stopped', async () => {
    const one = await restartedPastTheTurn()
    const standing = await one.clock.run(standingIn(one.deps.state, 'prod'))
    expect(standing).toMatchObject({value: [{service: 'accounts', state: {release: '2.0.0'}}]})
    expect(await one.clock.run(run(one.deps, FIRST, 'r2', one.options()))).toMatchObject({
      failure: {code: 'halted', message: 'rollout r1 was left in the middle of accounts-1'},
    })
    const again = planOf({service: 'accounts', moves: [null, '2.0.0']})
    expect(await one.clock.run(run(one.deps, again, 'r3', one.options()))).toMatchObject({value: {state: 'succeeded'}})
  })

  it('is gone on with to its end, with nothing left of what it came from', async () => {
    const one = await restartedPastTheTurn()
    const again = planOf({service: 'accounts', moves: [null, '2.0.0']})
    await one.clock.run(run(one.deps, again, 'r3', one.options()))
    expect(await one.clock.run(resume(one.deps, 'prod', 'r1', one.options()))).toMatchObject({
      value: {state: 'succeeded'},
    })
    expect(one.balancer.shares('accounts')).toEqual({'2.0.0': 100})
    expect(new Set(one.runtime.instances.map(({pool, health}) => `${pool} ${health}`))).toEqual(
      new Set(['2.0.0 healthy']),
    )
    expect(await one.clock.run(one.deps.state.kept('prod'))).toMatchObject({value: [{state: {release: '2.0.0'}}]})
  })
})

describe('what is only started again, as after a restart of the machine', () => {
  it('runs no hook: nothing about it changes', async () => {
    const ran: string[] = []
    const one = world()
      .service('accounts')
      .hooks(
        ({service}) => ({after: [{id: 'after', of: service, command: ['x'], timeoutMs: 1_000, idempotent: false}]}),
        async ({name}) => {
          ran.push(name)
          return {ok: true, output: ''}
        },
      )
    await one.clock.run(run(one.deps, FIRST, 'r0', one.options()))
    expect(ran).toEqual(['accounts-1/after'])
    one.runtime.befall('accounts', '1.0.0', 'exited')
    expect(await one.clock.run(run(one.deps, FIRST, 'r1', one.options()))).toMatchObject({value: {state: 'succeeded'}})
    expect(ran).toEqual(['accounts-1/after'])
  })
})

describe('what could not be started again', () => {
  it('is where the service stands, and is tried again without being asked for', async () => {
    const one = world().service('accounts')
    await one.clock.run(run(one.deps, FIRST, 'r0', one.options()))
    one.runtime.befall('accounts', '1.0.0', 'exited')
    one.release('accounts', '1.0.0', {startsInMs: 3_000, exitsAfterMs: 1_000})
    expect(await one.clock.run(run(one.deps, FIRST, 'r1', one.options()))).toMatchObject({value: {state: 'failed'}})
    one.release('accounts', '1.0.0', {})
    expect(await one.clock.run(run(one.deps, FIRST, 'r2', one.options()))).toMatchObject({value: {state: 'succeeded'}})
  })
})

describe('a first deployment in whose middle everything ended', () => {
  const left = async () => {
    const one = world().service('accounts').release('accounts', '1.0.0', {startsInMs: 3_000})
    void run(
      mortal(one.deps, () => one.clock.monotonic() > 1_000),
      FIRST,
      'r1',
      one.options(),
    )
    await one.clock.advance(60_000)
    one.runtime.befall('accounts', '1.0.0', 'exited')
    return one
  }

  it('begins again where the machine was restarted, and nobody is blamed', async () => {
    const one = await left()
    const who = {...whoOf(200), boot: 'b2'}
    expect(await one.clock.run(resume(one.deps, 'prod', 'r1', one.options({who})))).toMatchObject({
      value: {state: 'succeeded'},
    })
    expect(one.balancer.shares('accounts')).toEqual({'1.0.0': 100})
  })

  it('is the fault of the release where it was not', async () => {
    const one = await left()
    expect(await one.clock.run(resume(one.deps, 'prod', 'r1', one.options()))).toMatchObject({
      value: {state: 'failed', failure: {message: expect.stringContaining('has exited')}},
    })
  })
})
