import type {Result} from '../core/base/result.ts'
import {ok} from '../core/base/result.ts'
import type {Rollout, RolloutTail, State} from '../ports/state.ts'

/** Further back than this nobody left anything open, or it has been noticed otherwise. */
export const LOOKED_THROUGH = 50

type Looking = Pick<State, 'tails' | 'load'>

/**
 * The rollouts that have not come to their end, and those that have and owe an undo, newest first. Of all others only the
 * last entry is read, since a history of long ones would take seconds.
 */
export async function openIn(state: Looking, environment: string): Promise<Result<readonly Rollout[]>> {
  const tails = await state.tails(environment, LOOKED_THROUGH)
  return tails.ok ? loaded(state, environment, tails.value.filter(mayBeOpen)) : tails
}

/** By its last entry alone: nothing follows the end of a rollout but that somebody goes on with it. */
function mayBeOpen({last: {record}}: RolloutTail): boolean {
  return record.code !== 'rollout-ended' || record.undo !== undefined
}

async function loaded(
  state: Looking,
  environment: string,
  tails: readonly RolloutTail[],
): Promise<Result<readonly Rollout[]>> {
  const rollouts: Rollout[] = []
  for (const {id} of tails) {
    const rollout = await state.load(environment, id)
    if (!rollout.ok) return rollout
    rollouts.push(rollout.value)
  }
  return ok(rollouts)
}
