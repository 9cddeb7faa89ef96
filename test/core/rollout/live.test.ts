import {describe, expect, it} from 'vitest'
import {liveStepsOf} from '../../../src/core/rollout/live.ts'
import type {Entry, Recorded} from '../../../src/core/rollout/record.ts'
import {stateOf} from '../../../src/core/rollout/rollout-state.ts'
import {planOf, serviceConfig, whoOf} from '../../support/world.ts'

const START = Date.UTC(2026, 0, 1)
const PLAN = planOf(
  {service: 'a', moves: ['1.0.0', '2.0.0']},
  {service: 'b', moves: ['1.0.0', '2.0.0'], after: ['a-1']},
)
const SERVICES = new Map([['a', serviceConfig('a', {rollout: {...serviceConfig('a').rollout, bakeMs: 60_000}})]])

/** Each record a second after the one before. */
function live(...records: readonly Recorded[]) {
  const entries = records.map((record, index): Entry => ({seq: index + 1, at: START + index * 1000, fence: 1, record}))
  return liveStepsOf(PLAN, stateOf(PLAN, entries), entries, SERVICES)
}

const BEGUN: Recorded = {code: 'rollout-begun', by: whoOf(1)}
const route = {step: 'a-1', act: {do: 'route', share: 25}} as const
const CHECK = {name: 'errors', verdict: 'failed', text: '9 of 20 requests failed'} as const
const MEASURED = {requests: 20, errors: 9, total: 80, checks: [CHECK]}

describe('what goes on in a rollout', () => {
  it('has nothing to say of steps that have not begun', () => {
    const nothing = {is: 'waiting', share: 0, why: [], checks: []}
    expect(live(BEGUN)).toEqual([
      {id: 'a-1', service: 'a', ...nothing},
      {id: 'b-1', service: 'b', ...nothing},
    ])
  })

  it('counts how long a share is to be held from when it was reached', () => {
    const held = [BEGUN, {code: 'act-intended', ...route}, {code: 'act-done', ...route}] as const
    expect(live(...held)[0]).toMatchObject({is: 'holding', share: 25, act: route.act, until: START + 62_000})
    expect(live(BEGUN, {code: 'act-intended', ...route})[0]).not.toHaveProperty('until')
  })

  it('tells what its checks came to when they were judged last, and why it goes back', () => {
    const why = {code: 'rollout-failed', message: 'too many errors'} as const
    const back = {code: 'taking-back', step: 'a-1', why, share: 25, measured: MEASURED} as const
    const [step] = live(BEGUN, {code: 'act-intended', ...route}, {code: 'act-done', ...route}, back)
    expect(step).toMatchObject({is: 'returning', why: ['too many errors'], checks: [CHECK]})
  })

  it('tells what a step waits for', () => {
    expect(live(BEGUN, {code: 'step-waiting', step: 'b-1', for: ['an approval']})[1]).toMatchObject({
      is: 'waiting',
      why: ['an approval'],
    })
  })
})
