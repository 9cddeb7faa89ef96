import {describe, expect, it} from 'vitest'
import {openRollout} from '../../src/app/open-rollout.ts'
import {resume, run} from '../../src/engine/rollout.ts'
import {mortal} from '../support/mortal.ts'
import {question} from '../support/question.ts'
import {planOf, world} from '../support/world.ts'

const UPGRADE = planOf({service: 'accounts', moves: ['1.0.0', '2.0.0']})
const NOTHING = planOf()

const asked = (target: string) => ({
  ...question({
    services: {accounts: {'1.0.0': {}, '2.0.0': {}}},
    current: {accounts: '2.0.0'},
    target: {accounts: target},
  }),
  environment: 'prod',
})

/** A world in which whoever carried the upgrade out was killed as soon as this was on record. */
async function cutOff(after: string) {
  const one = world().service('accounts', '1.0.0')
  void run(
    mortal(one.deps, () => one.codes().includes(after)),
    UPGRADE,
    'r1',
    one.options(),
  )
  await one.clock.advance(120_000)
  return one
}

describe('a rollout that is open where nothing is left to plan', () => {
  it('is gone on with where it was cut off between its last step and its end', async () => {
    const one = await cutOff('step-succeeded')
    const open = await openRollout(one.deps.state, asked('2.0.0'), NOTHING)
    expect(open).toMatchObject({value: {rollout: {id: 'r1', state: 'running'}, fits: true}})
    expect(await one.clock.run(resume(one.deps, 'prod', 'r1', one.options()))).toMatchObject({
      value: {state: 'succeeded'},
    })
    expect(await openRollout(one.deps.state, asked('2.0.0'), NOTHING)).toEqual({ok: true, value: undefined})
  })

  it('is gone on with although a later one has started again what it came from', async () => {
    const one = world().service('accounts')
    const first = planOf({service: 'accounts', moves: [null, '1.0.0']})
    await one.clock.run(run(one.deps, first, 'r0', one.options()))
    void run(
      mortal(one.deps, () => one.events.some(({code, rollout}) => code === 'bake-passed' && rollout === 'r1')),
      UPGRADE,
      'r1',
      one.options(),
    )
    await one.clock.advance(120_000)
    for (const {pool} of one.runtime.instances) one.runtime.befall('accounts', pool, 'exited')
    await one.clock.run(run(one.deps, first, 'r2', one.options()))
    expect(await openRollout(one.deps.state, asked('2.0.0'), UPGRADE)).toMatchObject({
      value: {rollout: {id: 'r1'}, fits: true},
    })
  })

  it('is named where it was left in the middle of a step that leads elsewhere', async () => {
    const one = await cutOff('bake-passed')
    expect(await openRollout(one.deps.state, asked('1.0.0'), NOTHING)).toMatchObject({
      value: {rollout: {id: 'r1'}, fits: false},
    })
  })

  it('is no matter where it has done nothing', async () => {
    const gated = planOf({
      service: 'accounts',
      moves: ['1.0.0', '2.0.0'],
      gates: [{kind: 'contract-unused', contract: 'a', major: 1}],
    })
    const one = world().service('accounts', '1.0.0')
    expect(await one.clock.run(run(one.deps, gated, 'r1', one.options()))).toMatchObject({value: {state: 'waiting'}})
    expect(await openRollout(one.deps.state, asked('1.0.0'), NOTHING)).toEqual({ok: true, value: undefined})
  })
})
