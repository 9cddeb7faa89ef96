import type {MaybeState, Question} from '../core/graph/system.ts'
import {neighboursOf} from '../core/graph/edges.ts'
import {sameState} from '../core/graph/states.ts'
import {ok, type Result} from '../core/base/result.ts'
import type {Plan} from '../core/plan/plan.ts'
import {openIn} from '../engine/open.ts'
import {stale} from '../engine/stale.ts'
import {leftIn} from '../engine/unfinished.ts'
import {hasEnded, stateOf} from '../core/rollout/rollout-state.ts'
import {type RolloutShown, shown} from '../core/rollout/show.ts'
import type {Rollout, State} from '../ports/state.ts'

/** An earlier rollout that moves the same services and has not come to its end. */
export interface OpenRollout {
  readonly rollout: RolloutShown
  readonly plan: Plan
  /** It ends where the new plan would, so that going on with it is what is wanted. */
  readonly fits: boolean
}

/**
 * The newest rollout that is open, and moves a service that the plan moves. Where there is nothing to plan, it is one that
 * was left in the middle of a step, or between its last step and its end.
 */
export async function openRollout(
  state: State,
  {system, environment, target}: Question,
  plan: Plan,
): Promise<Result<OpenRollout | undefined>> {
  const rollouts = await openIn(state, environment)
  if (!rollouts.ok) return rollouts
  const moved = new Set(plan.steps.map(({service}) => service))
  const concerns = (one: Rollout) =>
    moved.size === 0 ? isCutOff(one) : one.plan.steps.some(({service}) => moved.has(service))
  const open = rollouts.value.find(one => isOpen(one) && concerns(one))
  if (!open) return ok(undefined)
  const isPast = (await stale({state, neighbours: neighboursOf(system)}, open)) !== undefined
  const fits = !isPast && [...endsOf(open.plan)].every(([service, to]) => sameState(to, target.get(service) ?? null))
  return ok({rollout: shown(open), plan: open.plan, fits})
}

function isOpen({plan, entries}: Rollout): boolean {
  return !hasEnded(stateOf(plan, entries))
}

function isCutOff(rollout: Rollout): boolean {
  const {steps} = stateOf(rollout.plan, rollout.entries)
  const isThrough = steps.size > 0 && [...steps.values()].every(({state}) => state.is === 'succeeded')
  return isThrough || leftIn(rollout).length > 0
}

function endsOf({steps}: Plan): ReadonlyMap<string, MaybeState> {
  return new Map(steps.map(({service, to}) => [service, to]))
}
