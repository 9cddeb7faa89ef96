import type {Failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import {type RolloutShown, shown} from '../core/rollout/show.ts'
import type {Outcome} from '../engine/outcome.ts'
import type {State} from '../ports/state.ts'

/** How a rollout ended, and its document. */
export interface Applied {
  readonly outcome: Outcome
  readonly rollout: RolloutShown
}

/** What is to be answered of a rollout whose loop has ended. Where nobody can read its record, that it halted is said. */
export async function applied(state: State, environment: string, outcome: Outcome): Promise<Result<Applied>> {
  const rollout = await state.load(environment, outcome.rollout)
  if (rollout.ok) return ok({outcome, rollout: shown(rollout.value)})
  return fail(outcome.state === 'halted' ? halted(outcome.rollout, outcome.failure) : rollout.failure)
}

function halted(id: string, {message}: Failure): Failure {
  const hint = `when the record can be reached again: \`sluice rollout resume ${id}\``
  return {code: 'halted', message: `rollout ${id} halted: ${message}`, hint}
}
