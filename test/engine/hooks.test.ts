import {describe, expect, it} from 'vitest'
import {redact} from '../../src/core/base/redact.ts'
import type {Hook, StepHooks} from '../../src/core/rollout/hooks.ts'
import type {Options, Outcome} from '../../src/engine/rollout.ts'
import {resume, run} from '../../src/engine/rollout.ts'
import type {HookRequest} from '../../src/ports/hooks.ts'
import type {World} from '../support/world.ts'
import {planOf, world} from '../support/world.ts'

const UPGRADE = planOf({service: 'accounts', moves: ['1.0.0', '2.0.0']})

const hook = (id: string, difference: Partial<Hook> = {}): Hook => ({
  id,
  of: 'accounts',
  command: [`./${id}`],
  timeoutMs: 60_000,
  idempotent: false,
  ...difference,
})
const ALL: StepHooks = {
  before: [hook('expand'), hook('before')],
  after: [hook('contract'), hook('after'), hook('forget of billing', {of: 'billing'})],
  back: [hook('back')],
}

/** A world whose hooks end as `end` says, and every run of one. */
function hooked(end: (hook: string) => boolean = () => true): {one: World; ran: string[]; asked: HookRequest[]} {
  const ran: string[] = []
  const asked: HookRequest[] = []
  const one = world()
    .service('accounts', '1.0.0')
    .hooks(
      () => ALL,
      async request => {
        const [, id = ''] = request.name.split('/')
        ran.push(id)
        asked.push(request)
        return {ok: end(id), output: `${id} says so`}
      },
    )
  return {one, ran, asked}
}

async function carriedOut(one: World): Promise<Outcome> {
  return valueOf(await one.clock.run(run(one.deps, UPGRADE, 'r1', one.options())))
}

async function resumed(one: World, difference: Partial<Options> = {}): Promise<Outcome> {
  return valueOf(await one.clock.run(resume(one.deps, 'prod', 'r1', one.options(difference))))
}

function valueOf(outcome: Awaited<ReturnType<typeof run>>): Outcome {
  if (!outcome.ok) throw new Error(outcome.failure.message)
  return outcome.value
}

describe('hooks', () => {
  it('are run once each, in order, with what they are about', async () => {
    const {one, ran, asked} = hooked()
    expect((await carriedOut(one)).state).toBe('succeeded')
    expect(ran).toEqual(['expand', 'before', 'contract', 'after', 'forget of billing'])
    expect(asked[0]).toMatchObject({
      name: 'accounts-1/expand',
      command: ['./expand'],
      folder: '/somewhere',
      env: {
        SLUICE_SERVICE: 'accounts',
        SLUICE_FROM_RELEASE: '1.0.0',
        SLUICE_RELEASE: '2.0.0',
        SLUICE_STEP: 'accounts-1',
        SLUICE_ENVIRONMENT: 'prod',
      },
    })
    expect(asked.at(-1)?.env).toMatchObject({SLUICE_SERVICE: 'billing', SLUICE_MOVES: 'accounts'})
    const ended = one.events.flatMap(event => (event.code === 'hook-ended' ? [event] : []))
    expect(ended[0]).toMatchObject({hook: 'expand', ok: true, output: 'expand says so'})
  })

  it('run before anything starts, and after nothing old runs any more', async () => {
    const {one} = hooked()
    const seen: string[] = []
    one.hooks(
      () => ALL,
      async ({name}) => {
        seen.push(`${name}: ${one.runtime.instances.map(({pool}) => pool).join(' ')}`)
        return {ok: true, output: ''}
      },
    )
    await carriedOut(one)
    expect(seen[1]).toBe('accounts-1/before: 1.0.0 1.0.0')
    expect(seen[2]).toBe('accounts-1/contract: 2.0.0 2.0.0')
  })

  it('take the step back where one fails before it, and run the hook for that', async () => {
    const {one, ran} = hooked(id => id !== 'before')
    expect(await carriedOut(one)).toMatchObject({
      state: 'failed',
      failure: {message: expect.stringContaining('the hook before of accounts failed')},
    })
    expect(ran).toEqual(['expand', 'before', 'back'])
    expect(one.balancer.shares('accounts')).toEqual({'1.0.0': 100})
  })

  it('run the hook for the way back when a check fails', async () => {
    const {one, ran} = hooked()
    one.release('accounts', '2.0.0', {errorRate: 1})
    expect((await carriedOut(one)).state).toBe('failed')
    expect(ran).toEqual(['expand', 'before', 'back'])
  })

  it('halt where one fails after it, and run that one again when somebody resumes', async () => {
    let isBroken = true
    const {one, ran} = hooked(id => id !== 'contract' || !isBroken)
    expect(await carriedOut(one)).toMatchObject({
      state: 'halted',
      failure: {message: expect.stringContaining('contract says so')},
    })
    expect(one.balancer.shares('accounts')).toEqual({'2.0.0': 100})
    isBroken = false
    expect((await resumed(one)).state).toBe('succeeded')
    expect(ran).toEqual(['expand', 'before', 'contract', 'contract', 'after', 'forget of billing'])
  })

  it('are finished by whoever is told to pause', async () => {
    const {one, ran} = hooked()
    const pause = new AbortController()
    one.hooks(
      () => ALL,
      async ({name}) => {
        ran.push(name)
        pause.abort()
        return {ok: true, output: ''}
      },
    )
    const outcome = await one.clock.run(run(one.deps, UPGRADE, 'r1', one.options({pause: pause.signal})))
    expect(valueOf(outcome).state).toBe('paused')
    expect((await resumed(one)).state).toBe('succeeded')
    expect(ran).toHaveLength(5)
  })

  it('fail where they hang, and what they write is cut and redacted', async () => {
    const {one} = hooked()
    one.hooks(
      () => ALL,
      () => new Promise(() => {}),
    )
    expect(await carriedOut(one)).toMatchObject({
      state: 'halted',
      failure: {message: expect.stringContaining('no answer in')},
    })
    const {one: other} = hooked()
    const deps = {...other.deps, secrets: ['hunter22']}
    other.hooks(
      () => ({before: [hook('before')]}),
      async () => ({ok: true, output: `${'x'.repeat(5000)} password hunter22`}),
    )
    await other.clock.run(run({...deps, ...other.deps, secrets: ['hunter22']}, UPGRADE, 'r1', other.options()))
    const ended = other.events.find(event => event.code === 'hook-ended')
    expect(ended).toMatchObject({output: expect.stringMatching(/^x+ password \[redacted\]$/)})
    expect(JSON.stringify(ended).length).toBeLessThan(2500)
    expect(redact('hunter22', ['hunter22'])).toBe('[redacted]')
  })
})

describe('a process that dies while a hook runs', () => {
  /** Carried out until the hook hangs for good, as a process that was killed leaves it. */
  async function died(in_: string): Promise<{one: World; ran: string[]}> {
    const {one, ran} = hooked()
    const deps = {...one.deps}
    one.hooks(
      () => ALL,
      ({name}) => {
        ran.push(name)
        return name.endsWith(in_) ? new Promise(() => {}) : Promise.resolve({ok: true, output: ''})
      },
    )
    void run({...deps, ...one.deps, holders: {isGone: () => true}}, UPGRADE, 'r1', one.options())
    await one.clock.advance(50_000)
    ran.splice(0)
    one.hooks(
      () => ALL,
      async ({name}) => {
        ran.push(name)
        return {ok: true, output: ''}
      },
    )
    return {one: {...one, deps: {...one.deps, holders: {isGone: () => true}}}, ran}
  }

  it('leaves a question to a person, and nothing is run twice until it is answered', async () => {
    const {one, ran} = await died('expand')
    expect(await resumed(one)).toMatchObject({
      state: 'halted',
      failure: {
        message: 'the hook expand of accounts was begun, and nobody knows how it ended (./expand)',
        hint: expect.stringContaining('--hook "accounts-1/expand"=done'),
      },
    })
    expect((await resumed(one)).state).toBe('halted')
    expect(ran).toEqual([])
    expect((await resumed(one, {hooks: new Map([['accounts-1/expand', 'done']])})).state).toBe('succeeded')
    expect(ran[0]).toBe('accounts-1/before')
  })

  it('has it run again where somebody says so', async () => {
    const {one, ran} = await died('expand')
    expect((await resumed(one, {hooks: new Map([['accounts-1/expand', 'again']])})).state).toBe('succeeded')
    expect(ran.slice(0, 2)).toEqual(['accounts-1/expand', 'accounts-1/before'])
  })
})
