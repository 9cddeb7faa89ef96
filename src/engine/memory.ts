import type {Failure} from '../core/base/failure.ts'
import {failure} from '../core/base/failure.ts'
import type {Result} from '../core/base/result.ts'
import {ok} from '../core/base/result.ts'
import type {Plan} from '../core/plan/plan.ts'
import type {Remembered, TakenBack} from '../core/rollout/taken-back.ts'
import {nameOf, takenBack, triedAgain} from '../core/rollout/taken-back.ts'
import type {State} from '../ports/state.ts'

/** What was taken back longer ago than so many rollouts is forgotten. */
const REMEMBERED = 200

/** Every state that was tried in this environment, taken back, and not forgiven since. */
export async function badStates(
  state: Pick<State, 'list' | 'asked'>,
  environment: string,
): Promise<Result<readonly TakenBack[]>> {
  const rollouts = await state.list(environment, REMEMBERED)
  if (!rollouts.ok) return rollouts
  const remembered: Remembered[] = []
  for (const rollout of rollouts.value.toReversed()) {
    const isBad = rollout.entries.some(({record}) => record.code === 'step-rolled-back')
    const asked = isBad ? await state.asked(environment, rollout.id) : ok([])
    if (!asked.ok) return asked
    remembered.push({...rollout, requests: asked.value})
  }
  return ok(takenBack(remembered))
}

/** Why a plan is not carried out: it would try again what was taken back. */
export async function triedBefore(state: State, plan: Plan): Promise<Failure | undefined> {
  const bad = await badStates(state, plan.environment)
  if (!bad.ok) return bad.failure
  const [first, ...more] = triedAgain(plan, bad.value)
  if (!first) return undefined
  const others = more.length > 0 ? `, and so ${more.map(nameOf).join(', ')}` : ''
  return failure('halted', {
    message: `${nameOf(first)} was taken back in rollout ${first.rollout}: ${first.why}${others}`,
    hint: `--again tries it all the same; \`sluice rollout forgive ${nameOf(first)}\` forgets it`,
  })
}
