import {unreachable} from '../base/bug.ts'
import type {Failure} from '../base/failure.ts'
import type {Instant, Percent} from '../base/units.ts'
import type {Plan, StepId} from '../plan/plan.ts'
import type {Entry, Recorded, StepRecord} from './record.ts'
import type {StepState} from './step-state.ts'
import {UNTOUCHED, afterRecord, afterResume} from './step-state.ts'

/** One step, with what its records tell beyond its state. */
export interface StepStory {
  readonly state: StepState
  /** What `next` was last seen to have. */
  readonly share: Percent
  readonly startedAt?: Instant
  readonly endedAt?: Instant
}

/** Where a rollout is, folded from its records. */
export interface RolloutState {
  readonly steps: ReadonlyMap<StepId, StepStory>
  /** Somebody goes on with it, as far as the record knows; or how it was left; or how it ended. */
  readonly phase: 'running' | 'paused' | 'waiting' | 'halted' | 'succeeded' | 'failed' | 'aborted'
  /** Why it rests or ended badly. */
  readonly why?: Failure
  /** Somebody asked for the way back. */
  readonly aborting: boolean
  readonly endedAt?: Instant
}

export function stateOf(plan: Plan, entries: readonly Entry[]): RolloutState {
  const fresh: StepStory = {state: UNTOUCHED, share: 0}
  const start: RolloutState = {
    steps: new Map(plan.steps.map(step => [step.id, fresh])),
    phase: 'running',
    aborting: false,
  }
  return entries.reduce(after, start)
}

/** The state after one more entry. */
export function after(state: RolloutState, entry: Entry): RolloutState {
  const {record, at} = entry
  if (isOfStep(record)) {
    const story = state.steps.get(record.step)
    return story ? {...state, steps: new Map(state.steps).set(record.step, storyAfter(story, record, at))} : state
  }
  switch (record.code) {
    case 'rollout-begun':
      return state
    case 'rollout-resumed':
      return goesOn(state)
    case 'rollout-rests':
      return {...state, phase: record.as, why: record.why}
    case 'rollout-aborting':
      return {...state, aborting: true}
    case 'rollout-ended':
      return {...state, phase: record.as, endedAt: at, ...(record.failure && {why: record.failure})}
    default:
      return unreachable(record)
  }
}

export function hasEnded(state: RolloutState): boolean {
  return state.endedAt !== undefined
}

function goesOn(state: RolloutState): RolloutState {
  const steps = new Map([...state.steps].map(([id, story]) => [id, {...story, state: afterResume(story.state)}]))
  const {aborting} = state
  return {phase: 'running', aborting, steps}
}

function storyAfter(story: StepStory, record: StepRecord, at: Instant): StepStory {
  const next = {...story, state: afterRecord(story.state, record)}
  switch (record.code) {
    case 'step-started':
      return {...next, startedAt: at}
    case 'act-done':
      return record.act.do === 'route' ? {...next, share: record.act.share} : next
    case 'step-succeeded':
      return {...next, share: 100, endedAt: at}
    case 'step-rolled-back':
      return {...next, share: 0, endedAt: at}
    default:
      return next
  }
}

function isOfStep(record: Recorded): record is StepRecord {
  return 'step' in record
}
