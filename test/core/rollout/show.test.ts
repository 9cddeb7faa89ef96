import {describe, expect, it} from 'vitest'
import type {Entry, Recorded} from '../../../src/core/rollout/record.ts'
import {shown} from '../../../src/core/rollout/show.ts'
import {planOf, whoOf} from '../../support/world.ts'

const START = Date.UTC(2026, 0, 1)
const PLAN = planOf(
  {service: 'a', moves: ['1.0.0', '2.0.0']},
  {service: 'b', moves: ['1.0.0', '2.0.0'], after: ['a-1']},
)

function showing(...records: readonly Recorded[]) {
  const entries = records.map((record, index): Entry => ({seq: index + 1, at: START + index * 1000, fence: 1, record}))
  return shown({id: 'r1', environment: 'prod', plan: PLAN, startedAt: START, entries})
}

const BEGUN: Recorded = {code: 'rollout-begun', by: whoOf(1)}
const WHY = {code: 'rollout-failed', message: 'it broke'} as const
const act = (share: number) => ({step: 'a-1', act: {do: 'route', share}}) as const

describe('a rollout shown', () => {
  it('has nothing but pending steps at first', () => {
    const nothing = {waitsFor: [], gates: [], bakes: [], hooks: []}
    const step = {state: 'pending', share: 0, startedAt: null, endedAt: null, ...nothing}
    expect(showing(BEGUN)).toEqual({
      id: 'r1',
      environment: 'prod',
      plan: 'sha256:0',
      state: 'running',
      startedAt: '2026-01-01T00:00:00.000Z',
      endedAt: null,
      steps: [
        {id: 'a-1', service: 'a', ...step},
        {id: 'b-1', service: 'b', ...step},
      ],
      acts: [{at: '2026-01-01T00:00:00.000Z', by: {name: 'anna', host: 'here'}, did: 'begin'}],
    })
  })

  it('shows the share that was reached, not the one that is asked for', () => {
    const reached = [
      {code: 'act-intended', ...act(5)},
      {code: 'act-done', ...act(5)},
    ] as const
    const asked = {code: 'act-intended', ...act(25)} as const
    const {steps} = showing(BEGUN, {code: 'step-started', step: 'a-1'}, ...reached, asked)
    expect(steps[0]).toMatchObject({state: 'running', share: 5, startedAt: '2026-01-01T00:00:01.000Z', endedAt: null})
  })

  it('shows what a step waits for as waiting, and the rollout where it is left so', () => {
    const waits = {code: 'step-waiting', step: 'a-1', for: ['an approval']} as const
    const rests = {code: 'rollout-rests', as: 'waiting', why: {code: 'waiting', message: 'an approval'}} as const
    expect(showing(BEGUN, waits, rests)).toMatchObject({
      state: 'waiting',
      endedAt: null,
      steps: [{state: 'waiting'}, {state: 'pending'}],
    })
    expect(showing(BEGUN, waits, rests, {code: 'rollout-resumed', by: whoOf(2)})).toMatchObject({state: 'running'})
  })

  it('shows what was taken back, and why', () => {
    const back = {code: 'step-rolled-back', step: 'a-1', why: WHY} as const
    const end = {code: 'rollout-ended', as: 'failed', failure: WHY} as const
    expect(
      showing(BEGUN, {code: 'step-started', step: 'a-1'}, {code: 'act-intended', ...act(5)}, back, end),
    ).toMatchObject({
      state: 'failed',
      endedAt: '2026-01-01T00:00:04.000Z',
      error: {code: 'rollout-failed', message: 'it broke'},
      steps: [
        {state: 'rolled-back', share: 0, endedAt: '2026-01-01T00:00:03.000Z', error: {message: 'it broke'}},
        {state: 'pending'},
      ],
    })
  })

  it('shows a step that halted as failed until somebody goes on', () => {
    const halted = [
      {code: 'act-intended', ...act(5)},
      {code: 'step-halted', step: 'a-1', why: {...WHY, code: 'halted'}},
      {code: 'rollout-rests', as: 'halted', why: {...WHY, code: 'halted'}},
    ] as const
    expect(showing(BEGUN, ...halted)).toMatchObject({state: 'halted', steps: [{state: 'failed'}, {}]})
    expect(showing(BEGUN, ...halted, {code: 'rollout-resumed', by: whoOf(2)})).toMatchObject({
      state: 'running',
      steps: [{state: 'running'}, {}],
    })
  })

  it('shows a full share at the end', () => {
    expect(showing(BEGUN, {code: 'step-succeeded', step: 'a-1'}).steps[0]).toMatchObject({
      state: 'succeeded',
      share: 100,
    })
  })
})
