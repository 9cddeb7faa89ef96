import {sameState} from '../core/graph/states.ts'
import type {Result} from '../core/base/result.ts'
import {ok} from '../core/base/result.ts'
import type {ServiceName} from '../core/graph/system.ts'
import type {Plan, Step} from '../core/plan/plan.ts'
import {poolIdOf} from '../core/rollout/pool.ts'
import {stateOf} from '../core/rollout/rollout-state.ts'
import type {Kept, Rollout, State} from '../ports/state.ts'
import {openIn} from './open.ts'

/**
 * Where each service stands that Sluice has moved: by its record, or, in the middle of a step from which there is no way
 * back any more, where that step leads. What was stopped there is not to be started again.
 */
export async function standingIn(
  state: Pick<State, 'kept' | 'tails' | 'load'>,
  environment: string,
): Promise<Result<readonly Kept[]>> {
  const kept = await state.kept(environment)
  if (!kept.ok) return kept
  const rollouts = await openIn(state, environment)
  if (!rollouts.ok) return rollouts
  const ahead = new Map(
    rollouts.value.flatMap(rollout => turnedIn(rollout).map(step => [step.service, {rollout, step}] as const)),
  )
  return ok(kept.value.map(one => furtherOn(one, ahead.get(one.service))))
}

/** Steps under way that have begun to stop what they came from. */
export function turnedIn({plan, entries}: Pick<Rollout, 'plan' | 'entries'>): readonly Step[] {
  const {steps} = stateOf(plan, entries)
  return plan.steps.filter(({id}) => {
    const story = steps.get(id)
    return story?.turned === true && story.state.is !== 'succeeded'
  })
}

/** A step that left another state than the recorded one is of the past. */
function furtherOn(kept: Kept, ahead: {readonly rollout: Rollout; readonly step: Step} | undefined): Kept {
  if (!ahead || !sameState(kept.state, ahead.step.from)) return kept
  const {to, service} = ahead.step
  return {service, state: to, pool: to && poolIdOf(to), since: kept.since, rollout: ahead.rollout.id}
}

/** Whether a service stands where a step leads that the rollout was left in, past its turning point. */
export function isAwaited(rollout: Rollout, service: ServiceName, state: Kept['state']): boolean {
  return turnedIn(rollout).some(step => step.service === service && sameState(step.to, state))
}

/** Services that the plan only starts again where they stand, since nothing of them runs any more. */
export function revivedBy({steps}: Plan, standing: readonly Kept[]): ReadonlySet<ServiceName> {
  const states = new Map(standing.map(({service, state}) => [service, state]))
  const again = steps.filter(({service, from, to}) => from === null && to && sameState(states.get(service) ?? null, to))
  return new Set(again.map(({service}) => service))
}
