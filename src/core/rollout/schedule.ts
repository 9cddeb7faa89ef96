import type {Failure} from '../base/failure.ts'
import {failure} from '../base/failure.ts'
import type {Plan, Step} from '../plan/plan.ts'
import type {Policy} from './policy.ts'
import {restGoesOn} from './policy.ts'
import type {RolloutState} from './rollout-state.ts'
import type {StepState} from './step-state.ts'

/** Steps that somebody began and that are not over: they go on, whatever else has failed. */
export function underWay(plan: Plan, state: RolloutState): readonly Step[] {
  return plan.steps.filter(step => isUnderWay(stateAt(state, step)))
}

/** Everything under way waits for a person, since checks have come to no verdict. */
export function isStuck(plan: Plan, state: RolloutState): boolean {
  return underWay(plan, state).every(step => unsureIn(stateAt(state, step)) !== undefined)
}

function unsureIn(state: StepState): Failure | undefined {
  return state.is === 'holding' ? state.unsure : undefined
}

/**
 * Steps whose turn has come: all that they wait for is done. A step that was taken back keeps back those that wait for
 * it, and the others only where the policy says so; one that halted keeps back everything, since a person must look.
 */
export function ready(plan: Plan, state: RolloutState, policy: Policy): readonly Step[] {
  if (state.aborting || stepWith(plan, state, 'halted') || !restGoesOn(plan, state, policy)) return []
  const done = new Set(plan.steps.filter(step => stateAt(state, step).is === 'succeeded').map(({id}) => id))
  return plan.steps.filter(step => stateAt(state, step).is === 'waiting' && step.after.every(id => done.has(id)))
}

/** How the rollout stands when nothing more can be done in it for now. */
export type Standing =
  | {readonly is: 'succeeded'}
  | {readonly is: 'failed' | 'aborted' | 'halted' | 'waiting' | 'unfinished'; readonly why: Failure}

export function standing(plan: Plan, state: RolloutState): Standing {
  const halted = plan.steps.map(step => stateAt(state, step)).flatMap(at => (at.is === 'halted' ? [at.why] : []))
  if (halted[0]) return {is: 'halted', why: together(halted[0], halted)}
  const open = underWay(plan, state)
  const unsure = open.flatMap(step => unsureIn(stateAt(state, step)) ?? [])
  if (unsure[0] && unsure.length === open.length) return {is: 'waiting', why: together(unsure[0], unsure)}
  if (open.length > 0) return {is: 'unfinished', why: failure('waiting', {message: 'steps are under way'})}
  const back = stepWith(plan, state, 'rolled-back')
  if (state.aborting) return {is: 'aborted', why: back?.why ?? failure('aborted', {message: 'aborted on request'})}
  if (back) return {is: 'failed', why: back.why}
  const waits = stepWith(plan, state, 'waiting')
  return waits ? {is: 'waiting', why: awaited(plan, state)} : {is: 'succeeded'}
}

function together(first: Failure, all: readonly Failure[]): Failure {
  const hints = new Set(all.flatMap(({hint}) => hint ?? []))
  const message = all.map(one => one.message).join('\n')
  return {...first, message, ...(hints.size > 0 && {hint: [...hints].join('\n')})}
}

function awaited(plan: Plan, state: RolloutState): Failure {
  const reasons = plan.steps.flatMap(step => {
    const {state: at} = state.steps.get(step.id) ?? {}
    return at?.is === 'waiting' && at.for.length > 0 ? [`${step.id}: ${at.for.join('; ')}`] : []
  })
  return failure('waiting', {message: reasons.join('\n'), hint: 'go on with `sluice rollout resume` when it holds'})
}

function stepWith<Is extends StepState['is']>(
  plan: Plan,
  state: RolloutState,
  is: Is,
): Extract<StepState, {is: Is}> | undefined {
  for (const step of plan.steps) {
    const at = stateAt(state, step)
    if (at.is === is) return at as Extract<StepState, {is: Is}>
  }
  return undefined
}

function stateAt(state: RolloutState, step: Step): StepState {
  return state.steps.get(step.id)?.state ?? {is: 'waiting', for: []}
}

function isUnderWay(state: StepState): boolean {
  return state.is === 'acting' || state.is === 'holding' || state.is === 'returning'
}
