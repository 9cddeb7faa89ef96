import {describe, expect, it} from 'vitest'
import {failure} from '../../src/core/base/failure.ts'
import {fail} from '../../src/core/base/result.ts'
import {run} from '../../src/engine/rollout.ts'
import {readStatus} from '../../src/engine/status.ts'
import {planOf, world} from '../support/world.ts'

describe('the status', () => {
  it('shows shares asked and measured in the middle of a rollout', async () => {
    const one = world().service('accounts', '1.0.0')
    const pause = new AbortController()
    const running = run(
      one.deps,
      planOf({service: 'accounts', moves: ['1.0.0', '2.0.0']}),
      'r1',
      one.options({pause: pause.signal}),
    )
    await one.clock.advance(5_000)
    pause.abort()
    await one.clock.run(running)
    const status = await one.clock.run(
      readStatus(one.deps, 'prod', new Map([['accounts', {release: '1.0.0', mode: null}]]), 2_000),
    )
    expect(status).toMatchObject({
      value: {
        services: [
          {
            service: 'accounts',
            state: {release: '1.0.0', mode: null},
            pools: [
              {
                name: 'current',
                release: '1.0.0',
                instances: [{healthy: true}, {healthy: true}],
                share: {asked: 90, measured: 90},
              },
              {
                name: 'next',
                release: '2.0.0',
                instances: [{healthy: true}, {healthy: true}],
                share: {asked: 10, measured: 10},
              },
            ],
          },
        ],
      },
    })
  })

  it('shows what is configured, and what Sluice has moved since', async () => {
    const one = world().service('accounts', '1.0.0').service('gone')
    const configured = new Map([['accounts', {release: '1.0.0', mode: null}]])
    const before = await readStatus(one.deps, 'prod', configured, 0)
    expect(before).toMatchObject({
      value: {services: [{state: {release: '1.0.0'}}, {service: 'gone', state: null, pools: []}]},
    })
    await one.clock.run(run(one.deps, planOf({service: 'accounts', moves: ['1.0.0', '2.0.0']}), 'r1', one.options()))
    const after = await readStatus(one.deps, 'prod', configured, 0)
    expect(after).toMatchObject({
      value: {
        services: [
          {
            state: {release: '2.0.0'},
            pools: [{name: 'current', release: '2.0.0', share: {asked: 100, measured: null}}],
          },
          {},
        ],
      },
    })
  })

  it('leaves a pool its traffic while a command switches it, there or back', async () => {
    const one = world().service('accounts', '1.0.0:v1', {switch: ['./switch']})
    const there = planOf({service: 'accounts', moves: ['1.0.0:v1', '1.0.0:v2']})
    await one.clock.run(run(one.deps, there, 'r1', one.options()))
    const back = planOf({service: 'accounts', moves: ['1.0.0:v2', '1.0.0:v1']})
    const switcher = {switch: async () => fail(failure('runtime-failed', {message: 'not today'}))}
    const halted = await one.clock.run(run({...one.deps, switcher}, back, 'r2', one.options()))
    expect(halted).toMatchObject({value: {state: 'halted'}})
    expect(await readStatus(one.deps, 'prod', new Map(), 0)).toMatchObject({
      value: {services: [{state: {mode: 'v2'}, pools: [{release: '1.0.0~v1', share: {asked: 100}}]}]},
    })
  })
})
