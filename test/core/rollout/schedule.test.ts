import {describe, expect, it} from 'vitest'
import {failure} from '../../../src/core/base/failure.ts'
import type {Entry, StepRecord} from '../../../src/core/rollout/record.ts'
import {stateOf} from '../../../src/core/rollout/rollout-state.ts'
import {standing} from '../../../src/core/rollout/schedule.ts'
import {planOf} from '../../support/world.ts'

const PLAN = planOf({service: 'accounts', moves: ['1.0.0', '2.0.0']}, {service: 'billing', moves: ['1.0.0', '2.0.0']})

function standsAfter(...records: readonly StepRecord[]) {
  const entries = records.map((record, index): Entry => ({seq: index + 1, at: index, fence: 1, record}))
  return standing(PLAN, stateOf(PLAN, entries))
}

const halted = (step: string) =>
  ({
    code: 'step-halted',
    step,
    why: failure('halted', {message: `${step} is stuck`, hint: `look after ${step}`}),
  }) as const

describe('how a rollout stands whose steps have halted', () => {
  it('says of each what is wrong with it and what to do, so that a person looks once', () => {
    expect(standsAfter(halted('accounts-1'), halted('billing-1'))).toEqual({
      is: 'halted',
      why: {
        code: 'halted',
        message: 'accounts-1 is stuck\nbilling-1 is stuck',
        hint: 'look after accounts-1\nlook after billing-1',
      },
    })
  })
})
