import {describe, expect, it} from 'vitest'
import {bringUp} from '../../src/app/bring-up.ts'
import type {MaybeState} from '../../src/core/graph/system.ts'
import type {Plan} from '../../src/core/plan/plan.ts'
import {type Asked, question} from '../support/question.ts'
import {world} from '../support/world.ts'

const SHOP: Asked = {
  services: {
    web: {'1.0.0': {consumes: {api: '^1'}}},
    accounts: {'1.0.0': {provides: {api: '1.0.0'}}, '2.0.0': {provides: {api: ['1.0.0', '2.0.0']}}},
  },
  current: {web: '1.0.0', accounts: '1.0.0'},
  target: {accounts: '2.0.0'},
}

/** Nothing runs, unless a test says so. */
function nothingRuns() {
  return world().service('web', null).service('accounts', null)
}

async function broughtUp(one: ReturnType<typeof world>, asked: Asked = SHOP): Promise<Plan | undefined> {
  const first = await bringUp(one.deps, question(asked))
  if (!first.ok) throw new Error(first.failure.message)
  return first.value
}

const moves = (plan: Plan | undefined) =>
  plan?.steps.map(({service, from, to, wave}): [string, MaybeState, string | undefined, number] => [
    service,
    from,
    to?.release,
    wave,
  ])

describe('what the file says runs', () => {
  it('is started from nothing, servers before their clients', async () => {
    expect(moves(await broughtUp(nothingRuns()))).toEqual([
      ['accounts', null, '1.0.0', 1],
      ['web', null, '1.0.0', 2],
    ])
  })

  it('is left alone where it runs already', async () => {
    const one = nothingRuns()
    one.runtime.runs({service: 'accounts', pool: '1.0.0', state: {release: '1.0.0', mode: null}, replicas: 1})
    expect(moves(await broughtUp(one))).toEqual([['web', null, '1.0.0', 1]])
  })

  it('is started again where its instances have died before anything was recorded', async () => {
    const one = nothingRuns()
    one.runtime.runs({service: 'accounts', pool: '1.0.0', state: {release: '1.0.0', mode: null}, replicas: 1})
    one.runtime.befall('accounts', '1.0.0', 'exited')
    expect(moves(await broughtUp(one))).toHaveLength(2)
  })

  it('starts together where services need each other', async () => {
    const circle: Asked = {
      services: {
        a: {'1.0.0': {provides: {x: '1.0.0'}, consumes: {y: '^1'}}},
        b: {'1.0.0': {provides: {y: '1.0.0'}, consumes: {x: '^1'}}},
      },
      current: {a: '1.0.0', b: '1.0.0'},
      target: {},
    }
    const one = world().service('a', null).service('b', null)
    expect(moves(await broughtUp(one, circle))).toEqual([
      ['a', null, '1.0.0', 1],
      ['b', null, '1.0.0', 1],
    ])
  })

  it('is somebody else’s where Sluice is not told how to run it', async () => {
    const one = world().service('web', null)
    expect(moves(await broughtUp(one))).toEqual([['web', null, '1.0.0', 1]])
  })
})
