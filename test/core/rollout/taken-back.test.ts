import {describe, expect, it} from 'vitest'
import {failure} from '../../../src/core/base/failure.ts'
import type {Recorded} from '../../../src/core/rollout/record.ts'
import type {Remembered} from '../../../src/core/rollout/taken-back.ts'
import {stillBad, takenBack, triedAgain} from '../../../src/core/rollout/taken-back.ts'
import {planOf, whoOf} from '../../support/world.ts'

const PLAN = planOf({service: 'accounts', moves: ['1.0.0', '2.0.0']})
const OTHER = planOf({service: 'accounts', moves: ['1.0.0', '2.1.0']})
const FAILED = {code: 'step-rolled-back', step: 'accounts-1', why: failure('rollout-failed', {message: 'bad'})} as const
const WANTED = {code: 'step-rolled-back', step: 'accounts-1', why: failure('aborted', {message: 'no'})} as const
const DONE = {code: 'step-succeeded', step: 'accounts-1'} as const

function rollout(id: string, at: number, record: Recorded, forgivenAt?: number): Remembered {
  const wish = {do: 'forgive', service: 'accounts', pool: '2.0.0'} as const
  return {
    id,
    plan: PLAN,
    entries: [{seq: 1, at, fence: 1, record}],
    requests: forgivenAt === undefined ? [] : [{id: 'q', by: whoOf(1), at: forgivenAt, wish}],
  }
}

describe('a release that was taken back', () => {
  it('is remembered, with what was wrong with it', () => {
    const bad = takenBack([rollout('r1', 5, FAILED)])
    expect(bad).toEqual([{service: 'accounts', pool: '2.0.0', at: 5, rollout: 'r1', why: 'bad'}])
    expect(triedAgain(PLAN, bad)).toEqual(bad)
    expect(triedAgain(OTHER, bad)).toEqual([])
  })

  it.each([
    ['it came to its end since', [rollout('r1', 5, FAILED), rollout('r2', 9, DONE)]],
    ['somebody forgave it since', [rollout('r1', 5, FAILED, 6)]],
    ['somebody only wanted it back', [rollout('r1', 5, WANTED)]],
  ])('is forgotten where %s', (_, rollouts) => {
    expect(takenBack(rollouts)).toEqual([])
  })

  it('is good again after a plan that came to its end and brought it, and after no other', () => {
    const bad = takenBack([rollout('r1', 5, FAILED)])
    expect(stillBad(bad, PLAN)).toEqual([])
    expect(stillBad(bad, OTHER)).toEqual(bad)
    expect(takenBack([rollout('r2', 9, DONE)], bad)).toEqual([])
  })

  it.each([
    ['it failed after it had once come to its end', [rollout('r1', 5, DONE), rollout('r2', 9, FAILED)]],
    ['it was forgiven, and failed again', [rollout('r1', 5, FAILED, 6), rollout('r2', 9, FAILED)]],
    ['it was forgiven before it failed', [rollout('r1', 5, FAILED, 4)]],
  ])('is remembered where %s', (_, rollouts) => {
    expect(takenBack(rollouts)).toHaveLength(1)
  })
})
