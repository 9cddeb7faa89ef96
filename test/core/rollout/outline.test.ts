import {expect, it} from 'vitest'
import {outlineOf, outlineOfSucceeded} from '../../../src/core/rollout/outline.ts'
import type {Entry, Recorded} from '../../../src/core/rollout/record.ts'
import {shown} from '../../../src/core/rollout/show.ts'
import {planOf, whoOf} from '../../support/world.ts'

const PLAN = planOf({service: 'a', moves: ['1.0.0', '2.0.0']}, {service: 'b', moves: ['1.0.0', '2.0.0']})
const HEAD = {id: 'r1', environment: 'prod', plan: PLAN, startedAt: 1000}

const outlined = (...records: readonly Recorded[]) =>
  outlineOf(shown({...HEAD, entries: records.map((record, at): Entry => ({seq: at + 1, at, fence: 1, record}))}))

const BEGUN: Recorded = {code: 'rollout-begun', by: whoOf(1)}
const done = (step: string): Recorded => ({code: 'step-succeeded', step})

it('a line counts the steps that have succeeded', () => {
  const line = {id: 'r1', startedAt: '1970-01-01T00:00:01.000Z', steps: 2}
  expect(outlined(BEGUN, done('a-1'))).toEqual({...line, state: 'running', succeeded: 1})
})

it('of a rollout that has succeeded it is the same without looking at its entries', () => {
  const read = outlined(BEGUN, done('a-1'), done('b-1'), {code: 'rollout-ended', as: 'succeeded'})
  expect(outlineOfSucceeded(HEAD)).toEqual(read)
})
