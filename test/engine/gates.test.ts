import {describe, expect, it} from 'vitest'
import {ok} from '../../src/core/base/result.ts'
import type {GateConfig} from '../../src/core/config/config.ts'
import type {Options, Outcome} from '../../src/engine/rollout.ts'
import {resume, run} from '../../src/engine/rollout.ts'
import type {World} from '../support/world.ts'
import {planOf, whoOf, world} from '../support/world.ts'
import {HAND_CLOCK_START} from '../support/clock.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Two services one after the other, each with this gate before it. */
const gatedBy = (...gates: readonly GateConfig[]) =>
  planOf(
    {service: 'accounts', moves: ['1.0.0', '2.0.0'], gates},
    {service: 'billing', moves: ['1.0.0', '2.0.0'], gates, after: ['accounts-1'], wave: 2},
  )

const shop = () => world().service('accounts', '1.0.0').service('billing', '1.0.0')

async function carriedOut(one: World, gate: GateConfig, difference: Partial<Options> = {}): Promise<Outcome> {
  return valueOf(await one.clock.run(run(one.deps, gatedBy(gate), 'r1', one.options(difference))))
}

async function resumed(one: World, difference: Partial<Options> = {}): Promise<Outcome> {
  return valueOf(await one.clock.run(resume(one.deps, 'prod', 'r1', one.options(difference))))
}

function valueOf(outcome: Awaited<ReturnType<typeof run>>): Outcome {
  if (!outcome.ok) throw new Error(outcome.failure.message)
  return outcome.value
}

/** Somebody says yes, or waives, from another shell. */
async function approve(one: World, name: string, {gate = 'approval', waive = false, step = ''} = {}): Promise<void> {
  const wish = {do: 'approve', gate, waive, ...(step && {step})} as const
  const id = `${name}-${gate}-${step}-${one.clock.now()}`
  await one.deps.state.ask('prod', 'r1', {id, by: {...whoOf(7), name}, at: one.clock.now(), wish, reason: 'looks good'})
}

const passed = (one: World) => one.events.flatMap(event => (event.code === 'gate-passed' ? [event] : []))
const begun = (one: World) => one.events.flatMap(event => (event.code === 'step-started' ? [event.step] : []))

describe('an approval', () => {
  const gate: GateConfig = {kind: 'approval', by: ['anna', 'ben'], count: 1}

  it('is waited for, given while nobody carries it out, and on record with who and why', async () => {
    const one = shop()
    expect(await carriedOut(one, gate)).toMatchObject({
      state: 'waiting',
      failure: {message: 'accounts-1: approval: 1 of anna, ben must approve'},
    })
    expect(begun(one)).toEqual([])
    await approve(one, 'ben')
    expect((await resumed(one)).state).toBe('succeeded')
    expect(passed(one)[0]).toMatchObject({
      gate: 'approval',
      how: 'held',
      by: ['ben'],
      detail: 'approved by ben (looks good)',
    })
  })

  it('is refused where it comes from somebody else', async () => {
    const one = shop()
    await carriedOut(one, gate)
    await approve(one, 'mallory')
    expect((await resumed(one)).state).toBe('waiting')
    expect(one.events.find(event => event.code === 'request-heard')).toMatchObject({
      refused: {message: 'mallory may not approve', hint: 'anna, ben may'},
    })
  })

  it('may be for one step only', async () => {
    const one = shop()
    await carriedOut(one, gate)
    await approve(one, 'anna', {step: 'accounts-1'})
    expect(await resumed(one)).toMatchObject({
      state: 'waiting',
      failure: {message: expect.stringMatching(/^billing-1: approval/)},
    })
    expect(begun(one)).toEqual(['accounts-1'])
  })

  it('may take more than one, and nobody counts twice', async () => {
    const one = shop()
    const both: GateConfig = {...gate, count: 2, name: 'security'}
    await carriedOut(one, both)
    await approve(one, 'anna', {gate: 'approval:security'})
    await one.clock.advance(1)
    await approve(one, 'anna', {gate: 'approval:security'})
    expect(await resumed(one)).toMatchObject({
      failure: {
        message: 'accounts-1: approval:security: anna, ben must approve, and so far anna (looks good) did',
      },
    })
    await approve(one, 'ben', {gate: 'all'})
    expect((await resumed(one)).state).toBe('succeeded')
  })

  it('comes in while somebody waits for it', async () => {
    const one = shop()
    const running = run(one.deps, gatedBy(gate), 'r1', one.options({wait: true}))
    await one.clock.advance(HOUR)
    await approve(one, 'anna')
    expect(valueOf(await one.clock.run(running)).state).toBe('succeeded')
  })

  it('says that there is none to give where no step has one', async () => {
    const one = shop()
    await carriedOut(one, {kind: 'matrix'})
    await approve(one, 'anna')
    await resumed(one)
    expect(one.events.find(event => event.code === 'request-heard')).toMatchObject({
      refused: {message: 'no step has an approval approval'},
    })
  })
})

describe('the calendar', () => {
  // The clock starts on 2026-01-01, a Thursday, at midnight UTC.
  const freeze: GateConfig = {
    kind: 'freeze',
    during: {is: 'dates', from: '2025-12-20', to: '2026-01-04'},
    timezone: 'Europe/Berlin',
    reason: 'holidays',
  }

  it('keeps steps from beginning, and lets them when it is over', async () => {
    const one = shop()
    expect(await carriedOut(one, freeze)).toMatchObject({
      state: 'waiting',
      failure: {message: 'accounts-1: freeze: no step begins 2025-12-20 to 2026-01-04, Europe/Berlin (holidays)'},
    })
    await one.clock.advance(4 * DAY)
    expect((await resumed(one)).state).toBe('succeeded')
  })

  it('may be overridden, and the record says by whom and why', async () => {
    const one = shop()
    await carriedOut(one, freeze)
    expect((await resumed(one, {waive: ['freeze'], reason: 'the site is down'})).state).toBe('succeeded')
    expect(passed(one)[0]).toMatchObject({
      how: 'waived',
      by: ['anna'],
      detail: expect.stringMatching(/^waived by anna \(the site is down\), although no step begins/),
    })
  })

  it('lets a step that has begun go on', async () => {
    const one = shop()
    const window: GateConfig = {
      kind: 'window',
      during: {is: 'weekly', days: ['thu'], from: '00:00', to: '00:01'},
      timezone: 'UTC',
    }
    // Three shares of ten seconds for the first service, and the second comes a little late.
    const outcome = await carriedOut(one, {...window, during: {...window.during, to: '00:01'} as never})
    expect(outcome.state).toBe('succeeded')
    const late = shop()
    await late.clock.advance(45_000)
    expect(await carriedOut(late, window)).toMatchObject({
      state: 'waiting',
      failure: {message: 'billing-1: window: steps begin only thu 00:00 to 00:01, UTC'},
    })
    expect(late.clock.now()).toBeGreaterThan(HAND_CLOCK_START + 60_000)
    expect(late.balancer.shares('accounts')).toEqual({'2.0.0': 100})
  })

  it('keeps time between steps', async () => {
    const one = shop()
    const spacing: GateConfig = {kind: 'spacing', ms: HOUR}
    expect((await carriedOut(one, spacing, {wait: true})).state).toBe('succeeded')
    const times = (code: string) => one.events.filter(event => event.code === code).map(event => event.at)
    expect((times('step-started')[1] ?? 0) - (times('step-succeeded')[0] ?? 0)).toBeGreaterThanOrEqual(HOUR)
    expect(one.events.find(event => event.code === 'step-waiting')).toMatchObject({
      step: 'billing-1',
      gates: ['spacing'],
    })
  })
})

describe('a command', () => {
  const gate: GateConfig = {kind: 'command', command: ['./ready'], timeoutMs: 1000, intervalMs: 60_000}

  it('says yes by ending well, and is not asked again before its interval is over', async () => {
    const one = shop()
    let asked = 0
    one.answers(() => ({verdict: ++asked >= 3 ? 'passed' : 'failed', detail: 'not yet'}))
    const began = one.clock.monotonic()
    expect((await carriedOut(one, gate, {wait: true})).state).toBe('succeeded')
    expect(asked).toBe(4)
    expect(one.clock.monotonic() - began).toBeGreaterThan(120_000)
  })

  it.each(['failed', 'error', 'inconclusive'] as const)('that answers %s keeps the step back', async verdict => {
    const one = shop().answers(() => ({verdict, detail: 'the queue is full'}))
    expect(await carriedOut(one, gate)).toMatchObject({
      state: 'waiting',
      failure: {message: 'accounts-1: command: the queue is full'},
    })
  })
})

describe('the matrix of a release', () => {
  const gate: GateConfig = {kind: 'matrix'}
  const tested = (one: World, outcome: 'passed' | 'failed' | 'unknown') => {
    const deps = {
      ...one.deps,
      tests: {evidence: async (_: string, release: string) => ok({outcome, detail: `${release}: 4 cells`})},
    }
    return one.clock.run(run(deps, gatedBy(gate), 'r1', one.options()))
  }

  it('must be known, and green', async () => {
    expect(valueOf(await tested(shop(), 'passed')).state).toBe('succeeded')
    expect(valueOf(await tested(shop(), 'failed'))).toMatchObject({
      failure: {message: 'accounts-1: matrix: 2.0.0: 4 cells'},
    })
    expect(valueOf(await tested(shop(), 'unknown'))).toMatchObject({
      failure: {
        message:
          'accounts-1: matrix: no test matrix is known of accounts 2.0.0; run `sluice matrix run accounts --master TAG` with its tag: 2.0.0: 4 cells',
      },
    })
  })

  it('is refused clearly where nobody knows anything', async () => {
    expect(await carriedOut(shop(), gate)).toMatchObject({
      state: 'waiting',
      failure: {message: expect.stringContaining('no test matrix is known of accounts 2.0.0')},
    })
  })
})

describe('several gates', () => {
  it('must all hold, and what is awaited is told when it changes', async () => {
    const one = shop()
    const approval: GateConfig = {kind: 'approval', by: ['anna'], count: 1}
    const plan = gatedBy(approval, {kind: 'matrix'})
    await one.clock.run(run(one.deps, plan, 'r1', one.options()))
    await approve(one, 'anna')
    await resumed(one)
    await resumed(one)
    const told = one.events.flatMap(event => (event.code === 'step-waiting' ? [event.gates] : []))
    expect(told).toEqual([['approval', 'matrix'], ['matrix']])
  })

  it('tell once what they wait for, also where a secret of it is not written down', async () => {
    const one = shop()
    const plan = gatedBy({kind: 'approval', by: ['anna'], count: 1})
    const abort = new AbortController()
    const deps = {...one.deps, secrets: ['anna']}
    const running = run(deps, plan, 'r1', one.options({wait: true, abort: abort.signal}))
    await one.clock.advance(60_000)
    abort.abort()
    await one.clock.run(running)
    expect(one.events.filter(event => event.code === 'step-waiting')).toMatchObject([
      {gates: ['approval'], for: ['approval: [redacted] must approve']},
    ])
  })
})
