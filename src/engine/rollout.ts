import {bug} from '../core/base/bug.ts'
import type {Failure} from '../core/base/failure.ts'
import {failure} from '../core/base/failure.ts'
import {secretsIn} from '../core/base/redact.ts'
import type {Result} from '../core/base/result.ts'
import {fail, ok} from '../core/base/result.ts'
import type {ServiceName} from '../core/graph/system.ts'
import type {Plan} from '../core/plan/plan.ts'
import {hasEnded, stateOf} from '../core/rollout/rollout-state.ts'
import type {Standing} from '../core/rollout/schedule.ts'
import {standing} from '../core/rollout/schedule.ts'
import type {Rollout} from '../ports/state.ts'
import type {Deps, Options} from './deps.ts'
import {fits} from './fits.ts'
import type {Holder} from './holder.ts'
import {keep} from './holder.ts'
import type {Wanted} from './take.ts'
import {take} from './take.ts'
import {listen} from './hear.ts'
import {journalOf} from './journal.ts'
import {carryOutAll} from './schedule.ts'
import type {Outcome} from './outcome.ts'
import type {Session} from './session.ts'
import {isLeaving} from './session.ts'
import {unfinished} from './unfinished.ts'

export type {Deps, Options} from './deps.ts'
export type {Outcome} from './outcome.ts'

/**
 * Carries out a plan as a new rollout. What it answers as a failure was met before anything was done: somebody else
 * holds the environment (`locked`), or what runs is not what the plan was made for (`plan-stale`).
 * @param id unique, and as text in the order of beginning
 */
export async function run(deps: Deps, plan: Plan, id: string, options: Options): Promise<Result<Outcome>> {
  return holding(deps, plan, id, options, async holder => {
    const moves = new Set(plan.steps.map(({service}) => service))
    const refused = (await unfinished(deps, plan.environment, moves)) ?? (await fits(deps, plan))
    if (refused) return fail(refused)
    const head = {id, environment: plan.environment, plan, startedAt: deps.clock.now()}
    const begun = {code: 'rollout-begun', by: options.who, reason: options.reason} as const
    const entries = await deps.state.begin(holder.lease(), head, [begun])
    if (!entries.ok) return entries
    deps.emit({at: head.startedAt, rollout: id, ...begun})
    return goOn(deps, {...head, entries: entries.value}, holder, options)
  })
}

/** Goes on with a rollout that was left, from what is really there. */
export async function resume(deps: Deps, environment: string, id: string, options: Options): Promise<Result<Outcome>> {
  const found = await deps.state.load(environment, id)
  if (!found.ok) return found
  return holding(deps, found.value.plan, found.value.id, options, async holder => {
    // Read again: whoever held it until now may have gone on with it.
    const rollout = await deps.state.load(environment, found.value.id)
    if (!rollout.ok) return rollout
    const state = stateOf(rollout.value.plan, rollout.value.entries)
    if (hasEnded(state)) return fail(ended(rollout.value.id, state.phase))
    return goOn(deps, rollout.value, holder, options, true)
  })
}

async function holding(
  deps: Deps,
  plan: Plan,
  id: string,
  options: Options,
  work: (holder: Holder) => Promise<Result<Outcome>>,
): Promise<Result<Outcome>> {
  const awaiting = ({message}: Failure) => deps.emit({at: deps.clock.now(), rollout: id, code: 'lock-awaited', message})
  const taken = await take(deps, claimOf(deps, plan, id, options), options.lockWaitMs ?? 0, awaiting, options.pause)
  if (!taken.ok) return taken
  const holder = keep(deps, taken.value)
  try {
    return await work(holder)
  } finally {
    await holder.end()
  }
}

function claimOf(deps: Deps, plan: Plan, id: string, {who, reason}: Options): Wanted {
  const moves = [...new Set(plan.steps.map(({service}) => service))]
  const touches = [...new Set(moves.flatMap(service => [service, ...(deps.neighbours.get(service) ?? [])]))]
  return {environment: plan.environment, rollout: id, owner: who, reason, moves, touches}
}

async function goOn(
  deps: Deps,
  rollout: Rollout,
  holder: Holder,
  options: Options,
  again = false,
): Promise<Result<Outcome>> {
  const kept = await deps.state.kept(rollout.environment)
  if (!kept.ok) return kept
  const pools = new Map<ServiceName, string | null>(kept.value.map(({service, pool}) => [service, pool]))
  const secrets = [...deps.services.values()].flatMap(({run}) => secretsIn(run?.env ?? {}))
  const journal = journalOf(deps, holder, rollout, secrets)
  const session: Session = {deps, options, id: rollout.id, plan: rollout.plan, holder, journal, pools}
  if (again) await journal.append([{code: 'rollout-resumed', by: options.who}])
  const listener = await listen(session, again)
  await carryOutAll(session)
  await listener.end()
  return ok(await conclude(session))
}

/** Writes down how it stands, and says it. */
async function conclude(session: Session): Promise<Outcome> {
  const {id: rollout, journal, plan} = session
  const broken = journal.broken()
  if (broken) return {rollout, state: 'halted', failure: broken}
  const stands = standing(plan, journal.state())
  const outcome = outcomeOf(session, stands)
  if (outcome.state === 'succeeded') await journal.append([{code: 'rollout-ended', as: 'succeeded'}])
  else if (outcome.state === 'failed' || outcome.state === 'aborted') {
    await journal.append([{code: 'rollout-ended', as: outcome.state, failure: outcome.failure}])
  } else await journal.append([{code: 'rollout-rests', as: outcome.state, why: outcome.failure}])
  const late = journal.broken()
  return late ? {rollout, state: 'halted', failure: late} : outcome
}

function outcomeOf(session: Session, stands: Standing): Outcome {
  const rollout = session.id
  if (stands.is === 'succeeded') return {rollout, state: 'succeeded'}
  const {is, why} = stands
  if (is === 'unfinished' || (is === 'waiting' && isLeaving(session))) return paused(session, rollout)
  return {rollout, state: is, failure: why}
}

function paused(session: Session, rollout: string): Outcome {
  if (!isLeaving(session)) bug('steps were left under way, and nobody asked for it')
  const hint = 'go on with `sluice rollout resume`'
  const {paused: request} = session.journal.state()
  const by = request
    ? `paused by ${request.by.name}${request.reason ? `: ${request.reason}` : ''}`
    : 'paused on request'
  return {rollout, state: 'paused', failure: failure('waiting', {message: by, hint})}
}

function ended(id: string, phase: string): Failure {
  return failure('usage', {message: `rollout ${id} has ended: ${phase}`, hint: 'a new one is begun by `sluice apply`'})
}
