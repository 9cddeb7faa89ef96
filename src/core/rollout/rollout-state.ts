import {unreachable} from '../base/bug.ts'
import type {Failure} from '../base/failure.ts'
import type {Instant, Percent} from '../base/units.ts'
import type {Plan, StepId} from '../plan/plan.ts'
import type {Entry, Recorded, RolloutRecord, StepRecord} from './record.ts'
import type {Approval, Request} from './request.ts'
import type {StepState} from './step-state.ts'
import {UNTOUCHED, afterRecord, afterResume} from './step-state.ts'

/** One step, with what its records tell beyond its state. */
export interface StepStory {
  readonly state: StepState
  /** What `next` was last seen to have. */
  readonly share: Percent
  readonly startedAt?: Instant
  readonly endedAt?: Instant
  /** Somebody wants the present bake to be over. */
  readonly promoted?: true
  /** What it came from has begun to be stopped, so that there is no way back. */
  readonly turned?: true
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
  /** The rollout that this one takes back. */
  readonly undoes?: string
  /** What else is to go back, by a rollout of its own. */
  readonly undo?: 'wave' | 'plan'
  /** Somebody asked for no step forward, and nobody for more since. */
  readonly paused?: Request
  /** Somebody wants every bake to be over as soon as it begins. */
  readonly full: boolean
  /** What was approved or waived, by those who may. */
  readonly approvals: readonly Approval[]
  /** The requests that have been heard, granted or not. */
  readonly heard: ReadonlySet<Request['id']>
  readonly endedAt?: Instant
}

export function stateOf(plan: Plan, entries: readonly Entry[]): RolloutState {
  const fresh: StepStory = {state: UNTOUCHED, share: 0}
  const start: RolloutState = {
    steps: new Map(plan.steps.map(step => [step.id, fresh])),
    phase: 'running',
    aborting: false,
    full: false,
    approvals: [],
    heard: new Set(),
  }
  return afterAll(start, entries)
}

/** The state after one more entry. */
export function after(state: RolloutState, entry: Entry): RolloutState {
  return afterAll(state, [entry])
}

/**
 * The state after more entries. Stories of steps are told on in a map of its own, since one copied for every entry would
 * make a rollout of a thousand steps take seconds to read.
 */
export function afterAll(state: RolloutState, entries: readonly Entry[]): RolloutState {
  let [told, steps] = [state, new Map(state.steps)]
  for (const {record, at} of entries) {
    if (isOfStep(record)) {
      const story = steps.get(record.step)
      if (story) steps.set(record.step, storyAfter(story, record, at))
    } else {
      told = afterRollout({...told, steps}, record, at)
      steps = new Map(told.steps)
    }
  }
  return {...told, steps}
}

function afterRollout(state: RolloutState, record: RolloutRecord, at: Instant): RolloutState {
  switch (record.code) {
    case 'rollout-begun':
      return record.undoes === undefined ? state : {...state, undoes: record.undoes}
    case 'orphan-found':
    case 'orphan-removed':
      return state
    case 'rollout-resumed':
      return goesOn(state)
    case 'rollout-rests':
      return {...state, phase: record.as, why: record.why}
    case 'request-heard':
      return afterRequest({...state, heard: new Set([...state.heard, record.request.id])}, record)
    case 'rollout-aborting':
      return {...state, aborting: true}
    case 'rollout-ended':
      return {
        ...state,
        phase: record.as,
        endedAt: at,
        ...(record.failure && {why: record.failure}),
        ...(record.undo && {undo: record.undo}),
      }
    default:
      return unreachable(record)
  }
}

export function hasEnded(state: RolloutState): boolean {
  return state.endedAt !== undefined
}

/** {@link hasEnded} by the records alone, without the stories of the steps. */
export function endsWith(entries: readonly Entry[]): boolean {
  const last = entries.findLast(({record: {code}}) => code === 'rollout-ended' || code === 'rollout-resumed')
  return last?.record.code === 'rollout-ended'
}

function goesOn(state: RolloutState): RolloutState {
  const steps = new Map([...state.steps].map(([id, story]) => [id, {...story, state: afterResume(story.state)}]))
  const {paused: _, why: __, endedAt: ___, undo: ____, ...rest} = state
  return {...rest, phase: 'running', steps}
}

/** What a request changes, where it was granted. */
function afterRequest(
  state: RolloutState,
  {request, refused}: Extract<Recorded, {readonly code: 'request-heard'}>,
): RolloutState {
  const {wish} = request
  if (refused) return state
  switch (wish.do) {
    case 'pause':
      return {...state, paused: request}
    case 'resume': {
      const {paused: _, ...rest} = state
      return rest
    }
    case 'promote':
      if (wish.full) return {...state, full: true}
      return eachStep(state, wish.step, story => (story.state.is === 'holding' ? {...story, promoted: true} : story))
    case 'approve':
      return {...state, approvals: [...state.approvals, {...request, wish}]}
    case 'abort':
      return {...state, aborting: true}
    case 'forgive':
      return state
    case 'retry':
      return {...eachStep(state, wish.step, retried), aborting: false}
    default:
      return unreachable(wish)
  }
}

/** The story of a step that begins anew; of any other, as it was. */
function retried(story: StepStory): StepStory {
  return story.state.is === 'rolled-back' ? {state: UNTOUCHED, share: 0} : story
}

function eachStep(
  state: RolloutState,
  only: StepId | undefined,
  change: (story: StepStory) => StepStory,
): RolloutState {
  const steps = [...state.steps].map(
    ([id, story]) => [id, only === undefined || id === only ? change(story) : story] as const,
  )
  return {...state, steps: new Map(steps)}
}

function storyAfter(story: StepStory, record: StepRecord, at: Instant): StepStory {
  const next = {...story, state: afterRecord(story.state, record)}
  switch (record.code) {
    case 'act-intended': {
      const {promoted: _, ...rest} = next
      return record.act.do === 'stop' && next.state.is === 'acting' ? {...rest, turned: true} : rest
    }
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
