import {describe, expect, it} from 'vitest'
import type {Entry, Recorded} from '../../../src/core/rollout/record.ts'
import {after, afterAll, endsWith, hasEnded, stateOf} from '../../../src/core/rollout/rollout-state.ts'
import {planOf, whoOf} from '../../support/world.ts'

const PLAN = planOf({service: 'a', moves: ['1.0.0', '2.0.0']}, {service: 'b', moves: ['1.0.0', '2.0.0']})
const route = (step: string) => ({step, act: {do: 'route', share: 25}}) as const
const RECORDS: readonly Recorded[] = [
  {code: 'rollout-begun', by: whoOf(1)},
  {code: 'step-started', step: 'a-1'},
  {code: 'act-intended', ...route('a-1')},
  {code: 'rollout-resumed', by: whoOf(2)},
  {code: 'act-done', ...route('a-1')},
  {code: 'step-started', step: 'b-1'},
  {code: 'step-started', step: 'nobody-1'},
  {code: 'step-succeeded', step: 'a-1'},
  {code: 'rollout-ended', as: 'failed'},
]
const entriesOf = (records: readonly Recorded[]) =>
  records.map((record, index): Entry => ({seq: index + 1, at: index, fence: 1, record}))

describe('the state of a rollout', () => {
  const entries = entriesOf(RECORDS)

  it('is the same whether its records are told one by one, in parts or at once', () => {
    const whole = stateOf(PLAN, entries)
    expect(entries.reduce(after, stateOf(PLAN, []))).toEqual(whole)
    for (let at = 0; at <= entries.length; at++)
      expect(afterAll(stateOf(PLAN, entries.slice(0, at)), entries.slice(at))).toEqual(whole)
  })

  it('leaves the state before it as it was', () => {
    const before = stateOf(PLAN, entries.slice(0, 3))
    const kept = structuredClone(before)
    afterAll(before, entries.slice(3))
    expect(before).toEqual(kept)
  })

  it('has ended when its last word is the end, and not after somebody went on', () => {
    const resumed = entriesOf([...RECORDS, {code: 'rollout-resumed', by: whoOf(2)}])
    for (const records of [entries, resumed, entries.slice(0, 4), []])
      expect(endsWith(records)).toBe(hasEnded(stateOf(PLAN, records)))
    expect([endsWith(entries), endsWith(resumed)]).toEqual([true, false])
  })
})
