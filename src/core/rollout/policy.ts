import type {OnFailure, ServiceConfig} from '../config/config.ts'
import type {ServiceName} from '../graph/system.ts'
import type {Plan, Step} from '../plan/plan.ts'
import type {RolloutState} from './rollout-state.ts'

/** What an environment and its services say about failures. */
export interface Policy {
  readonly services: ReadonlyMap<ServiceName, ServiceConfig>
  /** Steps that may fail and nothing but what waits for them stops; 0 without it: nothing new begins after the first. */
  readonly maxFailures?: number
}

/** From the mildest to the farthest reaching. */
const REACH: readonly OnFailure[] = ['halt', 'undo-wave', 'undo-plan']

/**
 * What is done about the steps that failed: the farthest reaching of what their services say. An undo is never undone,
 * and neither is what somebody stopped.
 */
export function policyOf(plan: Plan, state: RolloutState, {services}: Policy): OnFailure {
  if (state.undoes !== undefined || state.aborting) return 'halt'
  const wanted = failed(plan, state).map(({service}) => services.get(service)?.rollout.onFailure ?? 'halt')
  return REACH.findLast(one => wanted.includes(one)) ?? 'halt'
}

/**
 * Whether steps that do not depend on a failed one still begin: not where what was done goes back anyway, nor where more
 * have failed than may.
 */
export function restGoesOn(plan: Plan, state: RolloutState, policy: Policy): boolean {
  const failures = failed(plan, state).length
  if (failures === 0) return true
  return failures <= (policy.maxFailures ?? 0) && policyOf(plan, state, policy) === 'halt'
}

function failed(plan: Plan, state: RolloutState): readonly Step[] {
  return plan.steps.filter(({id}) => {
    const {is} = state.steps.get(id)?.state ?? {is: 'waiting'}
    return is === 'rolled-back' || is === 'returning'
  })
}
