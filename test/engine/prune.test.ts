import {describe, expect, it} from 'vitest'
import {findOrphans} from '../../src/engine/orphans.ts'
import {prune} from '../../src/engine/prune.ts'
import {run} from '../../src/engine/rollout.ts'
import type {World} from '../support/world.ts'
import {planOf, stateOf, world} from '../support/world.ts'

const CURRENT = new Map([['accounts', stateOf('1.0.0')]])

/** Accounts runs, and so does something of it and of another service that nobody has written down. */
function littered(): World {
  const one = world().service('accounts', '1.0.0')
  const state = {release: '0.9.0', mode: null}
  one.runtime.runs({service: 'accounts', pool: '0.9.0', state, replicas: 1})
  one.runtime.runs({service: 'forgotten', pool: '0.9.0', state, replicas: 2})
  return one
}

async function orphansIn(one: World) {
  const found = await one.clock.run(findOrphans(one.deps, 'prod', CURRENT))
  if (!found.ok) throw new Error(found.failure.message)
  return found.value
}

const PRUNING = {system: 'shop', environment: 'prod'}

describe('what no record explains', () => {
  it('is found, and what is where a service stands is not', async () => {
    expect(await orphansIn(littered())).toMatchObject([
      {service: 'accounts', pool: '0.9.0', share: null},
      {service: 'forgotten', pool: '0.9.0', share: null, addresses: [expect.any(String), expect.any(String)]},
    ])
    expect(await orphansIn(world().service('accounts', '1.0.0'))).toEqual([])
  })

  it('is not what an open rollout brings up, nor what it comes from', async () => {
    const one = world().service('accounts', '1.0.0')
    const pause = new AbortController()
    const plan = planOf({service: 'accounts', moves: ['1.0.0', '2.0.0']})
    const running = run(one.deps, plan, 'r1', one.options({pause: pause.signal}))
    await one.clock.advance(5_000)
    pause.abort()
    await one.clock.run(running)
    expect(await orphansIn(one)).toEqual([])
  })

  it('is taken away under a lock, with a record of who, why and what', async () => {
    const one = littered()
    const orphans = await orphansIn(one)
    const done = prune(one.deps, {...PRUNING, orphans}, 'r1', one.options({reason: 'the move'}))
    expect(await one.clock.run(done)).toEqual({ok: true, value: undefined})
    expect(one.runtime.instances.map(({service, pool}) => `${service} ${pool}`)).toEqual([
      'accounts 1.0.0',
      'accounts 1.0.0',
    ])
    expect(one.balancer.shares('accounts')).toEqual({'1.0.0': 100})
    expect(await one.deps.state.leases('prod')).toEqual({ok: true, value: []})
    expect(one.codes()).toEqual(['orphan-found', 'orphan-removed', 'orphan-found', 'orphan-removed', 'rollout-ended'])
  })

  it('stays where it has traffic', async () => {
    const one = littered()
    one.balancer.carries('accounts', {id: '0.9.0', addresses: ['10.0.0.9:80']})
    const orphans = await orphansIn(one)
    expect(await one.clock.run(prune(one.deps, {...PRUNING, orphans}, 'r1', one.options()))).toMatchObject({
      failure: {code: 'halted', message: expect.stringContaining('has 100% of the traffic')},
    })
    expect(one.runtime.instances).toHaveLength(5)
  })

  it('waits while somebody else moves the service', async () => {
    const one = littered()
    const orphans = await orphansIn(one)
    const running = run(one.deps, planOf({service: 'accounts', moves: ['1.0.0', '2.0.0']}), 'r1', one.options())
    await one.clock.advance(1_000)
    expect(await one.clock.run(prune(one.deps, {...PRUNING, orphans}, 'r2', one.options()))).toMatchObject({
      failure: {code: 'locked'},
    })
    await one.clock.run(running)
  })
})
