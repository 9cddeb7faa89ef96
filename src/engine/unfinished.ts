import {type Failure, failure} from '../core/base/failure.ts'
import type {Plan, Step} from '../core/plan/plan.ts'
import {stateOf} from '../core/rollout/rollout-state.ts'
import {isOver} from '../core/rollout/step-state.ts'
import type {Rollout} from '../ports/state.ts'
import {touchedBy} from './claim.ts'
import type {Deps} from './deps.ts'
import {undoIdOf} from './undo.ts'

/** Further back than this nobody left a step in the middle, or it has been noticed otherwise. */
const LOOKED_THROUGH = 50

/**
 * Why a new rollout may not begin yet: an earlier one was left in the middle of a step, by a crash or with something that
 * a person must look at, and that step moves a service of the plan, or one that shares a contract with them. Half of its
 * traffic may be anywhere, so it is finished first. The same goes for one that owes an undo, unless the plan is that.
 */
export async function unfinished(deps: Deps, plan: Plan, undoes?: string): Promise<Failure | undefined> {
  const services = new Set(touchedBy(deps, plan).touches)
  const rollouts = await deps.state.list(plan.environment, LOOKED_THROUGH)
  if (!rollouts.ok) return rollouts.failure
  const owed = rollouts.value.find(rollout => owesUndo(rollout, rollouts.value))
  if (owed && owed.id !== undoes && owed.plan.steps.some(({service}) => services.has(service))) {
    const message = `rollout ${owed.id} has failed, and what it had done before was to go back and has not begun to`
    return failure('halted', {message, hint: `take it back with \`sluice rollout resume ${owed.id}\``})
  }
  for (const rollout of rollouts.value) {
    const steps = leftIn(rollout).filter(({service}) => services.has(service))
    if (steps.length === 0) continue
    const message = `rollout ${rollout.id} was left in the middle of ${steps.map(({id}) => id).join(', ')}`
    return failure('halted', {message, hint: `finish it with \`sluice rollout resume ${rollout.id}\``})
  }
  return undefined
}

function owesUndo({id, plan, entries}: Rollout, all: readonly Rollout[]): boolean {
  return stateOf(plan, entries).undo !== undefined && !all.some(other => other.id === undoIdOf(id))
}

/** Steps that have begun and have not come to an end of their own; one that halted has not. */
function leftIn({plan, entries}: Rollout): readonly Step[] {
  const state = stateOf(plan, entries)
  if (state.endedAt !== undefined) return []
  return plan.steps.filter(({id}) => {
    const at = state.steps.get(id)?.state
    return at !== undefined && at.is !== 'waiting' && (at.is === 'halted' || !isOver(at))
  })
}
