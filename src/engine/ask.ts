import type {Failure} from '../core/base/failure.ts'
import {failure} from '../core/base/failure.ts'
import type {Result} from '../core/base/result.ts'
import {fail, ok} from '../core/base/result.ts'
import type {DurationMs} from '../core/base/units.ts'
import {refusal} from '../core/rollout/hear.ts'
import {reread} from './reread.ts'
import type {Request} from '../core/rollout/request.ts'
import {stateOf} from '../core/rollout/rollout-state.ts'
import type {Lease, Rollout} from '../ports/state.ts'
import type {HolderDeps} from './take.ts'

/** What came of a request: somebody carries the rollout out and has granted it, or nobody does. */
export type Answer = {readonly is: 'granted'; readonly holder: Lease} | {readonly is: 'unheard'}

const LOOK_MS: DurationMs = 200
/** A holder that lives hears within a second or two. */
const PATIENCE_MS: DurationMs = 20_000

/**
 * Leaves a request for whoever carries the rollout out, and waits until it is heard. Where nobody does, or nobody does
 * any more, the request stands in the record, and whoever goes on with the rollout hears it.
 */
export async function ask(deps: HolderDeps, rollout: Rollout, request: Request): Promise<Result<Answer>> {
  const {state, clock} = deps
  const {environment, id} = rollout
  const refused = refusal(rollout.plan, stateOf(rollout.plan, rollout.entries), request, false)
  if (refused) return fail(refused)
  const left = await state.ask(environment, id, request)
  if (!left.ok) return left
  const read = reread(state, environment)
  for (const from = clock.monotonic(); ; await clock.sleep(LOOK_MS)) {
    const heard = heardBy(await read(id), request)
    if (!heard.ok) return heard
    const holder = await holderOf(deps, environment, id)
    if (!holder.ok) return holder
    if (heard.value && holder.value) return ok({is: 'granted', holder: holder.value})
    if (!holder.value) return ok({is: 'unheard'})
    if (clock.monotonic() - from > PATIENCE_MS) return fail(deaf(rollout, holder.value))
  }
}

/** Who holds the environment for this rollout, and is not known to be dead. */
export async function holderOf(
  {state, holders}: Pick<HolderDeps, 'state' | 'holders'>,
  environment: string,
  id: string,
): Promise<Result<Lease | undefined>> {
  const leases = await state.leases(environment)
  if (!leases.ok) return leases
  return ok(leases.value.find(({rollout, owner}) => rollout === id && !(holders?.isGone(owner) ?? false)))
}

/** Whether it was granted; a failure where it was refused. */
function heardBy(rollout: Result<Rollout>, request: Request): Result<boolean> {
  if (!rollout.ok) return rollout
  const heard = rollout.value.entries.find(
    ({record}) => record.code === 'request-heard' && record.request.id === request.id,
  )
  if (heard?.record.code !== 'request-heard') return ok(false)
  return heard.record.refused ? fail(heard.record.refused) : ok(true)
}

function deaf({id}: Rollout, {owner, fence}: Lease): Failure {
  return failure('locked', {
    message: `${owner.name} on ${owner.host} (pid ${owner.pid}) holds rollout ${id} and does not answer`,
    hint: `the request stands; where that process is dead, take over with \`sluice rollout takeover ${id}\` (lock ${fence})`,
  })
}
