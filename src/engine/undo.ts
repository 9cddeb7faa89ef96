import type {Plan, StepId} from '../core/plan/plan.ts'
import type {RolloutState} from '../core/rollout/rollout-state.ts'
import {undoOf} from '../core/rollout/undo.ts'

/** The rollout that undoes this one is called so, whoever begins it, so that it is begun once. */
export function undoIdOf(id: string): string {
  return `${id}-undo`
}

/** The steps of a plan that are done. */
export function doneIn(plan: Plan, {steps}: RolloutState): ReadonlySet<StepId> {
  return new Set(plan.steps.filter(({id}) => steps.get(id)?.state.is === 'succeeded').map(({id}) => id))
}

/**
 * What goes back with the steps that failed, as a plan of its own. Nobody calls yet what only now came, so no step of it
 * has a gate.
 */
export function undoPlan(plan: Plan, state: RolloutState, extent: 'wave' | 'plan'): Plan {
  const done = doneIn(plan, state)
  const wanted = extent === 'plan' ? done : inFailedWaves(plan, state, done)
  return {...plan, steps: undoOf(plan, done, wanted, () => []).steps}
}

function inFailedWaves(plan: Plan, {steps}: RolloutState, done: ReadonlySet<StepId>): ReadonlySet<StepId> {
  const waves = plan.steps.filter(({id}) => steps.get(id)?.state.is === 'rolled-back').map(({wave}) => wave)
  return new Set(plan.steps.filter(({id, wave}) => done.has(id) && waves.includes(wave)).map(({id}) => id))
}
