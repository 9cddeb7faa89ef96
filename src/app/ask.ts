import {randomUUID} from 'node:crypto'
import {clock} from '../adapters/clock.ts'
import {holders, whoAmI} from '../adapters/holders.ts'
import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {Plan} from '../core/plan/plan.ts'
import {type Answerable, answerableBy} from '../core/rollout/answerable.ts'
import type {RolloutShown} from '../core/rollout/show.ts'
import type {Request, Wish} from '../core/rollout/request.ts'
import {type TakenBack, nameOf} from '../core/rollout/taken-back.ts'
import {type Answer, ask, holderOf} from '../engine/ask.ts'
import {badStates} from '../engine/memory.ts'
import type {Lease} from '../ports/state.ts'
import {inEnvironment, type WhereIn} from './rollouts.ts'

/**
 * Asks whoever carries a rollout out, and answers what came of it.
 * @param name in whose name, where that is not whoever is logged in
 */
export async function askRollout(
  where: WhereIn,
  id: string,
  wish: Wish,
  reason: string,
  name?: string,
): Promise<Result<Answer>> {
  return inEnvironment(where, async (state, environment) => {
    const rollout = await state.load(environment, id)
    return rollout.ok ? ask({state, clock, holders}, rollout.value, requestFor(wish, reason, name)) : rollout
  })
}

/** The approvals that a rollout waits for and that whoever is logged in may give, and their name. */
export function awaitedOfMe(
  plan: Plan,
  rollout: RolloutShown,
): {readonly name: string; readonly approvals: readonly Answerable[]} {
  const {name} = whoAmI()
  return {name, approvals: answerableBy(plan, rollout, name)}
}

/** Who carries the rollout out just now, as far as anybody can tell from here. */
export async function holderOfRollout(where: WhereIn, id: string): Promise<Result<Lease | undefined>> {
  return inEnvironment(where, (state, environment) => holderOf({state, holders}, environment, id))
}

/** Whose lock has to be taken away before somebody else can go on with the rollout: dead or not. */
export async function lockOfRollout(where: WhereIn, id: string): Promise<Result<Lease | undefined>> {
  return inEnvironment(where, (state, environment) => holderOf({state}, environment, id))
}

/** Forgets that a state was taken back, so that it may be tried again. */
export async function forgive(where: WhereIn, named: string, reason: string): Promise<Result<TakenBack>> {
  return inEnvironment(where, async (state, environment) => {
    const bad = await badStates(state, environment)
    if (!bad.ok) return bad
    const found = bad.value.find(one => nameOf(one) === named)
    if (!found) return fail(notTakenBack(named, bad.value))
    const {service, pool, rollout} = found
    const left = await state.ask(environment, rollout, requestFor({do: 'forgive', service, pool}, reason))
    return left.ok ? ok(found) : left
  })
}

function notTakenBack(named: string, bad: readonly TakenBack[]) {
  const hint =
    bad.length === 0 ? 'nothing is held against any release' : `taken back were ${bad.map(nameOf).join(', ')}`
  return failure('not-found', {message: `${named} was not taken back`, hint})
}

function requestFor(wish: Wish, reason: string, name?: string): Request {
  return {
    id: randomUUID(),
    by: {...whoAmI(), ...(name !== undefined && {name})},
    at: clock.now(),
    ...(reason !== '' && {reason}),
    wish,
  }
}
