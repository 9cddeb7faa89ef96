import type {MaybeState, Question} from '../core/graph/system.ts'
import {sameState} from '../core/graph/states.ts'
import {ok, type Result} from '../core/base/result.ts'
import type {Plan} from '../core/plan/plan.ts'
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

/** Further back than this nobody looks for what was left open. */
const LOOKED_THROUGH = 50

/** The newest rollout that is open, and moves a service that the plan moves, or that is to be moved. */
export async function openRollout(
  state: State,
  {environment, target}: Question,
  plan: Plan,
): Promise<Result<OpenRollout | undefined>> {
  const rollouts = await state.list(environment, LOOKED_THROUGH)
  if (!rollouts.ok) return rollouts
  const moved = new Set(plan.steps.map(({service}) => service))
  const open = rollouts.value.find(one => isOpen(one) && one.plan.steps.some(({service}) => moved.has(service)))
  if (!open) return ok(undefined)
  const isNewest = open === rollouts.value[0]
  const fits = isNewest && [...endsOf(open.plan)].every(([service, to]) => sameState(to, target.get(service) ?? null))
  return ok({rollout: shown(open), plan: open.plan, fits})
}

function isOpen({plan, entries}: Rollout): boolean {
  return !hasEnded(stateOf(plan, entries))
}

function endsOf({steps}: Plan): ReadonlyMap<string, MaybeState> {
  return new Map(steps.map(({service, to}) => [service, to]))
}
