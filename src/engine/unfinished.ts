import {type Failure, failure} from '../core/base/failure.ts'
import type {ServiceName} from '../core/graph/system.ts'
import type {Step} from '../core/plan/plan.ts'
import {stateOf} from '../core/rollout/rollout-state.ts'
import {isOver} from '../core/rollout/step-state.ts'
import type {Rollout} from '../ports/state.ts'
import type {Deps} from './deps.ts'

/** Further back than this nobody left a step in the middle, or it has been noticed otherwise. */
const LOOKED_THROUGH = 50

/**
 * Why a new rollout may not begin yet: an earlier one was left in the middle of a step of these services, by a crash or
 * with something that a person must look at. Half of its traffic may be anywhere, so it is finished first.
 */
export async function unfinished(
  deps: Deps,
  environment: string,
  services: ReadonlySet<ServiceName>,
): Promise<Failure | undefined> {
  const rollouts = await deps.state.list(environment, LOOKED_THROUGH)
  if (!rollouts.ok) return rollouts.failure
  for (const rollout of rollouts.value) {
    const steps = leftIn(rollout).filter(({service}) => services.has(service))
    if (steps.length === 0) continue
    const message = `rollout ${rollout.id} was left in the middle of ${steps.map(({id}) => id).join(', ')}`
    return failure('halted', {message, hint: `finish it with \`sluice rollout resume ${rollout.id}\``})
  }
  return undefined
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
