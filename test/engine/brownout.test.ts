import {describe, expect, it} from 'vitest'
import type {Probed} from '../../src/ports/checks.ts'
import type {Options} from '../../src/engine/rollout.ts'
import {resume, run} from '../../src/engine/rollout.ts'
import type {World} from '../support/world.ts'
import {planOf, world} from '../support/world.ts'

const GATE = {kind: 'contract-unused', contract: 'accounts-api', major: 1} as const
const DROP = planOf({service: 'accounts', moves: ['1.0.0', '2.0.0'], gates: [GATE]})
const QUIET = (now: number) => ({calls: 0, coveredSince: now - 30 * 86_400_000, callers: ['billing', 'old-app']})
const GONE = [{contract: 'accounts-api', major: 1, share: 5}]
const CHECK = {kind: 'command', command: ['./complaints.sh'], timeoutMs: 1000} as const

function aging(difference = {}): World {
  return world().service('accounts', '1.0.0').calls(QUIET).brownouts({'accounts-api': difference})
}

const begin = (one: World, difference: Partial<Options> = {}) => run(one.deps, DROP, 'r1', one.options(difference))
const acts = (one: World) =>
  one.events.flatMap(event =>
    event.code === 'act-done' ? [`${event.act.do} ${'share' in event.act ? event.act.share : ''}`.trim()] : [],
  )

describe('a brownout before a major goes', () => {
  it('answers 410 to its share for its time, then to nobody, and then the step goes on', async () => {
    const one = aging()
    const done = begin(one)
    await one.clock.advance(30_000)
    expect(one.balancer.gone('accounts')).toEqual(GONE)
    expect(one.runtime.instances.map(({pool}) => pool)).not.toContain('2.0.0')
    expect(await one.clock.run(done)).toMatchObject({value: {state: 'succeeded'}})
    expect(one.balancer.gone('accounts')).toEqual([])
    expect(acts(one).slice(0, 3)).toEqual(['brownout 5', 'brownout 0', 'start'])
  })

  it('is ended at once when somebody complains, and says who called', async () => {
    const one = aging()
    const abort = new AbortController()
    const done = begin(one, {abort: abort.signal})
    await one.clock.advance(30_000)
    abort.abort()
    await one.clock.advance(1000)
    expect(one.balancer.gone('accounts')).toEqual([])
    expect(await one.clock.run(done)).toMatchObject({value: {state: 'aborted'}})
    const back = one.events.find(event => event.code === 'taking-back')
    expect(back).toMatchObject({
      why: {message: expect.stringContaining('accounts-api v1 was called by billing, old-app')},
    })
    expect(one.balancer.shares('accounts')).toEqual({'1.0.0': 100})
  })

  it('is ended by a check that knows of complaints', async () => {
    const one = aging({checks: [CHECK]})
    let said: Probed = {verdict: 'passed', detail: 'nobody called'}
    one.answers(() => said)
    const done = begin(one)
    await one.clock.advance(20_000)
    expect(one.balancer.gone('accounts')).toEqual(GONE)
    said = {verdict: 'failed', detail: 'ticket 4711'}
    await one.clock.advance(3000)
    expect(one.balancer.gone('accounts')).toEqual([])
    expect(await one.clock.run(done)).toMatchObject({
      value: {state: 'failed', failure: {message: expect.stringContaining('ticket 4711')}},
    })
  })

  it('ends by itself where the process dies, and begins anew when somebody goes on', async () => {
    const one = aging()
    const pause = new AbortController()
    const left = begin(one, {pause: pause.signal})
    await one.clock.advance(20_000)
    pause.abort()
    await one.clock.run(left)
    await one.clock.advance(80_000)
    expect(one.balancer.gone('accounts')).toEqual([])
    const again = resume(one.deps, 'prod', 'r1', one.options())
    await one.clock.advance(20_000)
    expect(one.balancer.gone('accounts')).toEqual(GONE)
    expect(await one.clock.run(again)).toMatchObject({value: {state: 'succeeded'}})
    expect(one.balancer.gone('accounts')).toEqual([])
  })

  it('is no part of an undo', async () => {
    const one = aging()
    expect(await one.clock.run(begin(one, {undoes: 'r0'}))).toMatchObject({value: {state: 'succeeded'}})
    expect(acts(one)[0]).toBe('start')
  })

  it('is refused before anything starts where the balancer cannot', async () => {
    const one = aging()
    const deps = {...one.deps, balancer: {...one.deps.balancer, can: new Set(['weight', 'counters'] as const)}}
    expect(await one.clock.run(run(deps, DROP, 'r1', one.options()))).toMatchObject({
      failure: {
        code: 'driver-unable',
        message: 'accounts-api wants a brownout before v1 goes, and this balancer cannot answer 410 for it',
      },
    })
  })
})
