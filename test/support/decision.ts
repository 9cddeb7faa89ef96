import type {Course} from '../../src/core/rollout/course.ts'
import {courseOf} from '../../src/core/rollout/course.ts'
import type {Decision} from '../../src/core/rollout/decide.ts'
import {decide} from '../../src/core/rollout/decide.ts'
import type {StepHooks} from '../../src/core/rollout/hooks.ts'
import type {CountersSeen, InstanceSeen, PoolSeen, Seen} from '../../src/core/rollout/seen.ts'
import type {StepState} from '../../src/core/rollout/step-state.ts'
import type {Act, StepRecord} from '../../src/core/rollout/record.ts'
import type {ServiceConfig} from '../../src/core/config/config.ts'
import {serviceConfig, stepOf} from './world.ts'

/** A course from 1.0.0 to 2.0.0 with two instances each, at shares 10, 50 and 100. */
export function course(
  difference: Partial<ServiceConfig> = {},
  moves: readonly [string | null, string | null] = ['1.0.0', '2.0.0'],
  hooks?: StepHooks,
): Course {
  return courseOf(stepOf({service: 'accounts', moves}), serviceConfig('accounts', difference), true, undefined, hooks)
}

/** All is as it should be at this share of 2.0.0: both pools healthy and known. */
export function seen(share: number, difference: Partial<Seen> = {}): Seen {
  return {
    watchedMs: 0,
    instances: [...instances('1.0.0'), ...instances('2.0.0')],
    pools: [pool('1.0.0', 100 - share), pool('2.0.0', share)],
    probes: [],
    paused: false,
    ...difference,
  }
}

export function instances(id: string, health: InstanceSeen['health'] = 'healthy', count = 2): readonly InstanceSeen[] {
  return Array.from({length: count}, (_, index) => ({pool: id, address: `${id}#${index}`, health}))
}

export function pool(id: string, share: number, counters?: CountersSeen): PoolSeen {
  return {id, share, servers: instances(id).map(({address}) => ({address})), ...(counters && {counters})}
}

export function counters(requests: number, errors = 0, latencyMs = 20): CountersSeen {
  const bounds = [10, 50, 100, 250, 500, 1000, Infinity]
  const at = bounds.findIndex(bound => latencyMs <= bound)
  return {
    epoch: 'e1',
    requests,
    errors,
    latency: bounds.map((leMs, index) => ({leMs, count: index === at ? requests : 0})),
  }
}

export const acting = (act: Act, tries = 1): StepState => ({is: 'acting', act, tries})
export const holding = (act: Act, tries = 1): StepState => ({is: 'holding', act, tries, counters: {}})
export const returning = (act: Act): StepState => ({
  is: 'returning',
  act,
  why: {code: 'rollout-failed', message: 'it broke'},
})
export const route = (share: number): Act => ({do: 'route', share})

/** What is decided, in a few words: `call route 10`, `wait`, or the records that are written. */
export function decided(state: StepState, what: Seen, by: Course = course()): string {
  return inWords(decide(by, state, what))
}

function inWords(decision: Decision): string {
  if (decision.do === 'call') return `call ${actInWords(decision.act)}`
  return decision.do === 'record' ? decision.records.map(recordInWords).join(', ') : decision.do
}

function recordInWords(record: StepRecord): string {
  switch (record.code) {
    case 'act-intended':
      return `intend ${actInWords(record.act)}`
    case 'act-done':
      return `done ${actInWords(record.act)}`
    case 'taking-back':
      return `take back: ${record.why.message}`
    case 'hook-ended':
      return `hook ${record.hook} ${record.ok ? 'ok' : 'failed'}`
    case 'step-halted':
    case 'step-rolled-back':
      return `${record.code}: ${record.why.message}`
    default:
      return record.code
  }
}

function actInWords(act: Act): string {
  const of = {...act} as {share?: number; mode?: string; hook?: string; pool?: string}
  return `${act.do} ${of.share ?? of.mode ?? of.hook ?? of.pool}`
}
