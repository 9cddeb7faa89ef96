import {type Failure, failure} from '../core/base/failure.ts'
import type {ServiceName} from '../core/graph/system.ts'
import type {Plan, Step} from '../core/plan/plan.ts'
import {stateOf} from '../core/rollout/rollout-state.ts'
import {afterResume, isOver} from '../core/rollout/step-state.ts'
import type {Rollout} from '../ports/state.ts'
import {touchedBy} from './claim.ts'
import type {Deps} from './deps.ts'
import {LOOKED_THROUGH, openIn} from './open.ts'
import {revivedBy, standingIn} from './standing.ts'
import {undoIdOf} from './undo.ts'

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
  const kept = await standingIn(deps.state, plan.environment)
  if (!kept.ok) return kept.failure
  const services = new Set(touchedBy(deps, plan).touches)
  const revived = revivedBy(plan, kept.value)
  const rollouts = await openIn(deps.state, plan.environment)
  if (!rollouts.ok) return rollouts.failure
  const begun = await deps.state.tails(plan.environment, LOOKED_THROUGH)
  if (!begun.ok) return begun.failure
  const owed = rollouts.value.find(rollout => owesUndo(rollout, begun.value))
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

/**
 * After a restart of the machine a step begins again, or goes back, from what it came from; past its turning point it goes
 * on with what it leads to.
 */
function mayRevive({plan, entries}: Rollout, {id, service, from}: Step, revived: ReadonlySet<ServiceName>): boolean {
  const story = stateOf(plan, entries).steps.get(id)
  const state = story && afterResume(story.state)
  return revived.has(service) && from !== null && state !== undefined && 'act' in state
}

function owesUndo({id, plan, entries}: Rollout, all: readonly Pick<Rollout, 'id'>[]): boolean {
  return stateOf(plan, entries).undo !== undefined && !all.some(other => other.id === undoIdOf(id))
}

/** Steps that have begun and have not come to an end of their own; one that halted has not. */
export function leftIn({plan, entries}: Rollout): readonly Step[] {
  const state = stateOf(plan, entries)
  if (state.endedAt !== undefined) return []
  return plan.steps.filter(({id}) => {
    const at = state.steps.get(id)?.state
    return at !== undefined && at.is !== 'waiting' && (at.is === 'halted' || !isOver(at))
  })
}
