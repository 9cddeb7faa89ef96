import {type Failure, failure} from '../core/base/failure.ts'
import {sameState} from '../core/graph/states.ts'
import type {ServiceName} from '../core/graph/system.ts'
import type {Plan, Step} from '../core/plan/plan.ts'
import {stateOf} from '../core/rollout/rollout-state.ts'
import {afterResume, isOver} from '../core/rollout/step-state.ts'
import type {Kept, Rollout} from '../ports/state.ts'
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
export async function unfinished(
  deps: Pick<Deps, 'state' | 'neighbours'>,
  plan: Plan,
  undoes?: string,
): Promise<Failure | undefined> {
  const kept = await deps.state.kept(plan.environment)
  if (!kept.ok) return kept.failure
  const services = new Set(touchedBy(deps, plan).touches)
  const revived = revivedBy(plan, kept.value)
  const rollouts = await deps.state.list(plan.environment, LOOKED_THROUGH)
  if (!rollouts.ok) return rollouts.failure
  const owed = rollouts.value.find(rollout => owesUndo(rollout, rollouts.value))
  if (
    owed &&
    owed.id !== undoes &&
    revived.size < plan.steps.length &&
    owed.plan.steps.some(({service}) => services.has(service))
  ) {
    const message = `rollout ${owed.id} has failed, and what it had done before was to go back and has not begun to`
    return failure('halted', {message, hint: `take it back with \`sluice rollout resume ${owed.id}\``})
  }
  for (const rollout of rollouts.value) {
    const steps = leftIn(rollout).filter(step => services.has(step.service) && !mayRevive(rollout, step, revived))
    if (steps.length === 0) continue
    const message = `rollout ${rollout.id} was left in the middle of ${steps.map(({id}) => id).join(', ')}`
    const hint = `finish it with \`sluice rollout resume ${rollout.id}\`, or take it back with \`sluice rollout abort ${rollout.id}\``
    return failure('halted', {message, hint})
  }
  return undefined
}

/** Services that the plan only starts again where they stand, since nothing of them runs any more. */
function revivedBy({steps}: Plan, kept: readonly Kept[]): ReadonlySet<ServiceName> {
  const states = new Map(kept.map(({service, state}) => [service, state]))
  const again = steps.filter(({service, from, to}) => from === null && to && sameState(states.get(service) ?? null, to))
  return new Set(again.map(({service}) => service))
}

/** After a restart of the machine a step begins again, or goes back, from what it came from, if there is a way back at all. */
function mayRevive(
  {plan, entries}: Rollout,
  {id, service, from, reversible}: Step,
  revived: ReadonlySet<ServiceName>,
): boolean {
  const story = stateOf(plan, entries).steps.get(id)
  const state = story && afterResume(story.state)
  if (!revived.has(service) || from === null || !state || !('act' in state)) return false
  if (state.is === 'returning') return true
  // Hooks of the end may have made it impossible to go back; those of the beginning are run before anything has traffic.
  return state.act.do === 'hook' ? story.share === 0 : state.act.do !== 'stop' || reversible
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
