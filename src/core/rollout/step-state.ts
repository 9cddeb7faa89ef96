import {unreachable} from '../base/bug.ts'
import type {Failure} from '../base/failure.ts'
import type {Act, Baseline, StepRecord} from './record.ts'

/**
 * Where one step is. It is never kept: it follows from the step's records.
 *
 * ```
 *   waiting ──► acting(start next) ──► acting(attach) ──► acting(route 5 %) ──► holding(route 5 %) ──┐
 *                     │                     │                    ▲  │                   │   bake over │
 *                     │                     │                    └──│───── next share ──│─────────────┤
 *                     │ anything wrong      │                       │                   │             │ at 100 %
 *                     ▼                     ▼                       ▼                   ▼             ▼
 *              returning(route 0 %) ──► returning(drain next) ──► returning(stop next)     acting(drain current)
 *                                                                        │                            │
 *                                                                   rolled-back            acting(stop current)
 *   halted: from anywhere, where nothing that may be done helps                                       │
 *           and back to where it was when somebody resumes                                        succeeded
 * ```
 *
 * What was rolled back is `waiting` again when somebody has it tried again.
 *
 * In `acting` and `returning` the intention is on disk and the effect has not been seen yet; in `holding` it has.
 */
export type StepState =
  /** `for` names the gates that do not hold; empty until its turn has come. */
  | {readonly is: 'waiting'; readonly for: readonly string[]; readonly gates?: readonly string[]}
  /** `tries` counts how often in a row this act was intended; `failed`: it is a hook, and has ended badly. */
  | {readonly is: 'acting'; readonly act: Act; readonly tries: number; readonly failed?: true}
  /** `unsure` says why a person has to say how it goes on, where a check has come to no verdict. */
  | {
      readonly is: 'holding'
      readonly act: Act
      readonly tries: number
      readonly counters: Baseline
      readonly unsure?: Failure
    }
  | {readonly is: 'returning'; readonly act: Act; readonly why: Failure; readonly failed?: true}
  | {readonly is: 'succeeded'}
  | {readonly is: 'rolled-back'; readonly why: Failure}
  | {readonly is: 'halted'; readonly why: Failure; readonly was: StepState}

export const UNTOUCHED: StepState = {is: 'waiting', for: []}

/** The state after one more record of the step. */
export function afterRecord(state: StepState, record: StepRecord): StepState {
  switch (record.code) {
    case 'step-waiting':
      return {is: 'waiting', for: record.for, ...(record.gates && {gates: record.gates})}
    case 'act-intended':
      return intended(state, record.act)
    case 'act-done':
      return done(state, record.act, record.counters ?? {})
    case 'hook-ended':
      return !record.ok && (state.is === 'acting' || state.is === 'returning') ? {...state, failed: true} : state
    case 'bake-unsure':
      return state.is === 'holding' ? {...state, unsure: record.why} : state
    case 'taking-back':
      // The first act of the way back is intended by the very next record, which is kept together with this one.
      return {is: 'returning', act: NONE, why: record.why}
    case 'step-succeeded':
      return {is: 'succeeded'}
    case 'step-rolled-back':
      return {is: 'rolled-back', why: record.why}
    case 'step-halted':
      return {is: 'halted', why: record.why, was: state}
    case 'gate-passed':
    case 'step-started':
    case 'bake-passed':
      return state
    default:
      return unreachable(record)
  }
}

/** A step that halted is again where it was, and what was unsure is watched anew. */
export function afterResume(state: StepState): StepState {
  if (state.is === 'halted') return afterResume(state.was)
  if (state.is !== 'holding') return state
  const {unsure: _, ...held} = state
  return held
}

/** A rollout whose step has one of these states has nothing more to do for it. */
export function isOver(state: StepState): boolean {
  return state.is === 'succeeded' || state.is === 'rolled-back' || state.is === 'halted'
}

const NONE: Act = {do: 'route', share: 0}

function intended(state: StepState, act: Act): StepState {
  if (state.is === 'returning') return {is: 'returning', act, why: state.why}
  const again = (state.is === 'acting' || state.is === 'holding') && JSON.stringify(state.act) === JSON.stringify(act)
  return {is: 'acting', act, tries: again ? state.tries + 1 : 1}
}

function done(state: StepState, act: Act, counters: Baseline): StepState {
  return state.is === 'acting' ? {is: 'holding', act, tries: state.tries, counters} : state
}
