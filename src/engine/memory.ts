import type {Failure} from '../core/base/failure.ts'
import {failure} from '../core/base/failure.ts'
import type {Result} from '../core/base/result.ts'
import {ok} from '../core/base/result.ts'
import type {Plan} from '../core/plan/plan.ts'
import type {TakenBack} from '../core/rollout/taken-back.ts'
import {nameOf, stillBad, takenBack, triedAgain} from '../core/rollout/taken-back.ts'
import {poolIdOf} from '../core/rollout/pool.ts'
import type {RolloutTail, State} from '../ports/state.ts'
import {standingIn} from './standing.ts'

/** What was taken back longer ago than so many rollouts is forgotten. */
const REMEMBERED = 200

/**
 * Every state that was tried in this environment, taken back, and not forgiven since. Where a service stands is no such
 * state, even if it could not be started again at some time: then nothing would ever start it.
 */
export async function badStates(
  state: Pick<State, 'kept' | 'tails' | 'head' | 'load' | 'asked'>,
  environment: string,
): Promise<Result<readonly TakenBack[]>> {
  const standing = await standingIn(state, environment)
  if (!standing.ok) return standing
  const bad = await takenBackIn(state, environment)
  const stands = ({service, pool}: TakenBack) =>
    standing.value.some(one => one.service === service && one.state !== null && poolIdOf(one.state) === pool)
  return bad.ok ? ok(bad.value.filter(one => !stands(one))) : bad
}

async function takenBackIn(
  state: Pick<State, 'tails' | 'head' | 'load' | 'asked'>,
  environment: string,
): Promise<Result<readonly TakenBack[]>> {
  const tails = await state.tails(environment, REMEMBERED)
  if (!tails.ok) return tails
  let bad: readonly TakenBack[] = []
  for (const tail of tails.value.toReversed()) {
    const after = hasSucceeded(tail)
      ? await afterGood(state, environment, tail.id, bad)
      : await afterAny(state, environment, tail.id, bad)
    if (!after.ok) return after
    bad = after.value
  }
  return ok(bad)
}

/** Of what came to its end the plan says all that is needed; where nothing is bad, not even that is. */
async function afterGood(
  state: Pick<State, 'head'>,
  environment: string,
  id: string,
  bad: readonly TakenBack[],
): Promise<Result<readonly TakenBack[]>> {
  if (bad.length === 0) return ok(bad)
  const head = await state.head(environment, id)
  return head.ok ? ok(stillBad(bad, head.value.plan)) : head
}

function hasSucceeded({last: {record}}: RolloutTail): boolean {
  return record.code === 'rollout-ended' && record.as === 'succeeded'
}

async function afterAny(
  state: Pick<State, 'load' | 'asked'>,
  environment: string,
  id: string,
  bad: readonly TakenBack[],
): Promise<Result<readonly TakenBack[]>> {
  const rollout = await state.load(environment, id)
  if (!rollout.ok) return rollout
  const isBad = rollout.value.entries.some(({record}) => record.code === 'step-rolled-back')
  const asked = isBad ? await state.asked(environment, id) : ok([])
  return asked.ok ? ok(takenBack([{...rollout.value, requests: asked.value}], bad)) : asked
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
