import type {Failure} from '../core/base/failure.ts'
import {secretsIn} from '../core/base/redact.ts'
import type {Result} from '../core/base/result.ts'
import {fail, ok} from '../core/base/result.ts'
import type {Plan} from '../core/plan/plan.ts'
import {stateOf} from '../core/rollout/rollout-state.ts'
import {standing} from '../core/rollout/schedule.ts'
import type {Rollout} from '../ports/state.ts'
import {claimOf} from './claim.ts'
import {conclude} from './conclude.ts'
import type {Deps, Options} from './deps.ts'
import {fits} from './fits.ts'
import {beginning} from './beginning.ts'
import type {Holder} from './holder.ts'
import {keep} from './holder.ts'
import {recordTold} from './record-told.ts'
import {triedBefore} from './memory.ts'
import {take} from './take.ts'
import {listen} from './hear.ts'
import {journalOf} from './journal.ts'
import {renew} from './renew.ts'
import {carryOutAll, courseFor} from './schedule.ts'
import type {Outcome} from './outcome.ts'
import {owedIn, unresumable} from './resumable.ts'
import type {Session} from './session.ts'
import {isLeaving} from './session.ts'
import {revivedBy, standingIn} from './standing.ts'
import {unfinished} from './unfinished.ts'
import {undoIdOf, undoPlan} from './undo.ts'

export type {Deps, Options} from './deps.ts'
export type {Outcome} from './outcome.ts'

/**
 * Carries out a plan as a new rollout. What it answers as a failure was met before anything was done: somebody else
 * holds the environment (`locked`), or what runs is not what the plan was made for (`plan-stale`).
 * @param id unique, and as text in the order of beginning
 */
export async function run(deps: Deps, plan: Plan, id: string, options: Options): Promise<Result<Outcome>> {
  const ran = await holding(deps, plan, id, options, async holder => {
    const {undoes, again} = options
    const tried = again || undoes !== undefined ? undefined : await triedBefore(deps.state, plan)
    const refused = tried ?? (await unfinished(deps, plan, undoes)) ?? (await fits(deps, plan))
    if (refused) return fail(refused)
    const startedAt = await beginning(deps, plan.environment)
    if (!startedAt.ok) return startedAt
    const head = {id, environment: plan.environment, plan, startedAt: startedAt.value}
    const begun = {
      code: 'rollout-begun',
      by: options.who,
      reason: options.reason,
      ...(undoes !== undefined && {undoes}),
      ...(again && {again}),
    } as const
    const entries = await deps.state.begin(holder.lease(), head, [begun])
    if (!entries.ok) return entries
    deps.emit({at: head.startedAt, rollout: id, entry: 1, ...begun})
    return goOn(deps, {...head, entries: entries.value}, holder, options)
  })
  return followed(deps, plan.environment, ran, options)
}

/** Goes on with a rollout that was left, from what is really there. */
export async function resume(deps: Deps, environment: string, id: string, options: Options): Promise<Result<Outcome>> {
  const found = await deps.state.load(environment, id)
  if (!found.ok) return found
  const {plan, id: known} = found.value
  const ran = await holding(deps, plan, known, options, async holder => {
    // Read again: whoever held it until now may have gone on with it.
    const rollout = await deps.state.load(environment, known)
    if (!rollout.ok) return rollout
    const refused = await unresumable(deps, rollout.value, options)
    if (!refused) return goOn(deps, rollout.value, holder, options, true)
    const owed = await owedIn(deps, rollout.value)
    return owed ? ok({rollout: known, state: 'failed', failure: owed}) : fail(refused)
  })
  return followed(deps, environment, ran, options)
}

/** Takes back what goes with a rollout that has failed, where it says so, as a rollout of its own: a new one, or that which was left. */
async function followed(
  deps: Deps,
  environment: string,
  ran: Result<Outcome>,
  options: Options,
): Promise<Result<Outcome>> {
  if (!ran.ok || ran.value.state !== 'failed') return ran
  const rollout = await deps.state.load(environment, ran.value.rollout)
  if (!rollout.ok) return rollout
  const {id, plan, entries} = rollout.value
  const {undo} = stateOf(plan, entries)
  if (undo === undefined) return ran
  const {takeover: _, ...rest} = options
  const left = await deps.state.load(environment, undoIdOf(id))
  const undone = left.ok
    ? await resume(deps, environment, undoIdOf(id), rest)
    : await run(deps, undoPlan(plan, stateOf(plan, entries), undo), undoIdOf(id), {...rest, undoes: id})
  return undone.ok ? ok({...ran.value, undone: undone.value}) : undone
}

async function holding(
  deps: Deps,
  plan: Plan,
  id: string,
  options: Options,
  work: (holder: Holder) => Promise<Result<Outcome>>,
): Promise<Result<Outcome>> {
  const awaiting = ({message}: Failure) => deps.emit({at: deps.clock.now(), rollout: id, code: 'lock-awaited', message})
  const taken = await take(deps, claimOf(deps, plan, id, options), options, awaiting)
  if (!taken.ok) return taken
  const holder = keep(deps, taken.value, recordTold(deps, id))
  try {
    return await work(holder)
  } finally {
    await holder.end()
  }
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
  const standing = await standingIn(deps.state, rollout.environment)
  if (!standing.ok) return standing
  const carriers = new Map(kept.value.map(({service, state, pool}) => [service, {state, pool}]))
  const own = [...deps.services.values()].flatMap(({run}) => secretsIn(run?.env ?? {}))
  const secrets = [...own, ...(deps.secrets ?? [])]
  const journal = journalOf(deps, holder, rollout, secrets)
  const session: Session = {
    deps,
    options,
    id: rollout.id,
    plan: rollout.plan,
    holder,
    journal,
    carriers,
    revived: revivedBy(rollout.plan, standing.value),
    renewed: new Set(),
  }
  if (again) await journal.append([{code: 'rollout-resumed', by: options.who, reason: options.reason}])
  let listener = await listen(session, again)
  if (again) await renew(session, rollout.entries, step => courseFor(session, step))
  for (;;) {
    await carryOutAll(session)
    await listener.end()
    if (!isCalledBack(session)) return ok(await conclude(session))
    listener = await listen(session, false)
  }
}

/** When the steps had been left already, the pause was lifted, or the way back asked for. */
function isCalledBack(session: Session): boolean {
  const {plan, journal} = session
  return !isLeaving(session) && !journal.broken() && standing(plan, journal.state()).is === 'unfinished'
}
