import {describe, expect, it} from 'vitest'
import type {HookConfig} from '../../../src/core/config/config.ts'
import type {Hook, StepHooks} from '../../../src/core/rollout/hooks.ts'
import {hooksOf} from '../../../src/core/rollout/hooks.ts'
import type {Seen} from '../../../src/core/rollout/seen.ts'
import type {StepState} from '../../../src/core/rollout/step-state.ts'
import {acting, course, decided, instances, pool, returning, seen} from '../../support/decision.ts'
import {question} from '../../support/question.ts'
import {serviceConfig, stepOf} from '../../support/world.ts'

const hook = (id: string, difference: Partial<Hook> = {}): Hook => ({
  id,
  of: 'accounts',
  command: ['./migrate'],
  timeoutMs: 1000,
  idempotent: false,
  ...difference,
})
const HOOKS: StepHooks = {before: [hook('expand')], after: [hook('contract')], back: [hook('back')]}
const COURSE = course({}, ['1.0.0', '2.0.0'], HOOKS)
const EXPAND = {do: 'hook', hook: 'expand'} as const
const CONTRACT = {do: 'hook', hook: 'contract'} as const
const BACK = {do: 'hook', hook: 'back'} as const
const OK = {ok: true, output: 'done', tookMs: 5}
const BAD = {ok: false, output: 'no such table', tookMs: 4000}

describe('a hook', () => {
  const unstarted = {instances: instances('1.0.0'), pools: [pool('1.0.0', 100)]}
  const before = (difference: Partial<Seen>, state: StepState = acting(EXPAND), by = COURSE) =>
    decided(state, seen(0, {...unstarted, ...difference}), by)

  it('stands before the start, or after the end of the old release', () => {
    expect(COURSE.forward.map(act => act.do)).toEqual([
      'hook',
      'start',
      'attach',
      'route',
      'route',
      'route',
      'drain',
      'stop',
      'hook',
    ])
    expect(COURSE.back.at(-1)).toEqual(BACK)
  })

  it('is run by whoever intended it, and its end goes on record before anything else is done', () => {
    expect(before({isOwn: true})).toBe('call hook expand')
    expect(before({isOwn: true, paused: true})).toBe('call hook expand')
    expect(before({isOwn: true, hook: OK})).toBe('hook expand ok, done hook expand, intend start 2.0.0')
  })

  it('takes the step back where it fails before, and halts it where it fails after', () => {
    expect(before({isOwn: true, hook: BAD})).toBe(
      'hook expand failed, take back: the hook expand of accounts failed after 4s: no such table, intend attach 1.0.0',
    )
    const done = {instances: instances('2.0.0'), pools: [pool('2.0.0', 100)], isOwn: true}
    expect(decided(acting(CONTRACT), seen(100, {...done, hook: OK}), COURSE)).toBe(
      'hook contract ok, done hook contract, step-succeeded',
    )
    expect(decided(acting(CONTRACT), seen(100, {...done, hook: BAD}), COURSE)).toMatch(
      /^hook contract failed, step-halted: the hook contract/,
    )
  })

  it('is not run by whoever finds it begun, who asks a person', () => {
    expect(before({isOwn: false})).toBe(
      'step-halted: the hook expand of accounts was begun, and nobody knows how it ended (./migrate)',
    )
    expect(before({isOwn: false, told: 'again'})).toBe('intend hook expand')
    expect(before({isOwn: false, told: 'done'})).toBe('hook expand ok, done hook expand, intend start 2.0.0')
  })

  it('is intended anew where twice does no harm, or where it is known to have failed', () => {
    const harmless = course({}, ['1.0.0', '2.0.0'], {...HOOKS, before: [hook('expand', {idempotent: true})]})
    expect(before({isOwn: false}, acting(EXPAND), harmless)).toBe('intend hook expand')
    expect(before({isOwn: false}, {...acting(EXPAND), failed: true} as StepState)).toBe('intend hook expand')
  })

  it('is not begun where somebody aborts, and is taken for done where the file has lost it', () => {
    const abort = {code: 'rollout-failed', message: 'asked'} as const
    expect(before({isOwn: true, abort})).toBe('take back: asked, intend attach 1.0.0')
    expect(before({isOwn: false}, acting({do: 'hook', hook: 'gone'}), COURSE)).toMatch(/^hook gone ok, done hook gone/)
  })

  it('ends the way back, and halts there where it fails', () => {
    const back = (difference: Partial<Seen>) => decided(returning(BACK), seen(0, {...unstarted, ...difference}), COURSE)
    expect(back({isOwn: true})).toBe('call hook back')
    expect(back({isOwn: true, hook: OK})).toBe('hook back ok, done hook back, step-rolled-back: it broke')
    expect(back({isOwn: true, hook: BAD})).toMatch(/^hook back failed, step-halted: the hook back/)
    expect(back({isOwn: false})).toMatch(/^step-halted: the hook back of accounts was begun/)
  })
})

describe('the hooks of a step', () => {
  const config = (id: string): HookConfig => ({command: [id], timeoutMs: 1000, idempotent: false})
  const hooks = (...ids: readonly string[]) => new Map(ids.map(id => [id, config(id)]))
  const {system} = question({
    services: {
      accounts: {
        '1.0.0': {provides: {api: '1.0.0'}},
        '1.1.0': {provides: {api: '1.0.0'}},
        '2.0.0': {provides: {api: '2.0.0'}, modes: {v1: {}, v2: {}}},
      },
      billing: {'1.0.0': {consumes: {api: '^1 || ^2'}}},
      shipping: {'1.0.0': {consumes: {api: '^1 || ^2'}}},
      other: {'1.0.0': {}},
    },
    current: {accounts: '1.0.0'},
    target: {accounts: '2.0.0'},
  })
  const all = hooks('expand', 'before', 'contract', 'after', 'back')
  const services = new Map([
    ['accounts', serviceConfig('accounts', {hooks: all, invalidate: 'forget', data: 'cached'})],
    ['billing', serviceConfig('billing', {hooks: hooks('forget')})],
    ['shipping', serviceConfig('shipping')],
    ['other', serviceConfig('other', {hooks: hooks('forget')})],
  ])
  const of = (moves: readonly [string | null, string | null]) => {
    const {before, after, back} = hooksOf(stepOf({service: 'accounts', moves}), services, system)
    return [before, after, back].map(some => some.map(({id}) => id).join(', '))
  }

  it('are migrations on the way up only', () => {
    expect(of(['1.0.0', '1.1.0'])).toEqual(['expand, before', 'contract, after', 'back'])
    expect(of([null, '1.0.0'])).toEqual(['expand, before', 'contract, after, forget of billing', 'back'])
    expect(of(['1.1.0', '1.0.0'])).toEqual(['before', 'after', 'back'])
    expect(of(['2.0.0:v1', '2.0.0:v2'])).toEqual(['before', 'after', 'back'])
  })

  it('let each client that can forget its copies when the contract has changed', () => {
    expect(of(['1.1.0', '2.0.0:v2'])[1]).toBe('contract, after, forget of billing')
    const step = stepOf({service: 'accounts', moves: ['1.1.0', '2.0.0:v2']})
    expect(hooksOf(step, services, system).after.at(-1)).toMatchObject({of: 'billing', command: ['forget']})
  })
})
