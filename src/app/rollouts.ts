import {clock} from '../adapters/clock.ts'
import {whoAmI} from '../adapters/holders.ts'
import {ok, type Result} from '../core/base/result.ts'
import type {Plan} from '../core/plan/plan.ts'
import {outlineOf, outlineOfSucceeded, type RolloutOutline} from '../core/rollout/outline.ts'
import {type RolloutShown, shown} from '../core/rollout/show.ts'
import {holderOf} from '../engine/ask.ts'
import {LOOKED_THROUGH, openIn} from '../engine/open.ts'
import {resume} from '../engine/rollout.ts'
import type {Emit} from '../ports/emit.ts'
import type {RolloutTail, State} from '../ports/state.ts'
import {type Applied, applied} from './applied.ts'
import type {ApplyOptions} from './apply.ts'
import {environmentOf, loadConfig, type Where} from './config.ts'
import {notifying} from './notify.ts'
import {withRecord} from './record.ts'
import {loadSystemIn} from './system.ts'
import {depsFor} from './world.ts'

export interface WhereIn extends Where {
  readonly env?: string | undefined
}

/** The newest rollouts of an environment, newest first. */
export async function listRollouts(where: WhereIn, limit: number): Promise<Result<readonly RolloutShown[]>> {
  return inEnvironment(where, async (state, environment) => {
    const found = await state.list(environment, limit)
    return found.ok ? ok(found.value.map(rollout => shown(rollout))) : found
  })
}

/**
 * The same, each as one line. Of those that have succeeded only the last entry is read: a list of long ones would take
 * seconds otherwise.
 */
export async function outlineRollouts(where: WhereIn, limit: number): Promise<Result<readonly RolloutOutline[]>> {
  return inEnvironment(where, async (state, environment) => {
    const tails = await state.tails(environment, limit)
    if (!tails.ok) return tails
    const outlines: RolloutOutline[] = []
    for (const tail of tails.value) {
      const outline = await outlined(state, environment, tail)
      if (!outline.ok) return outline
      outlines.push(outline.value)
    }
    return ok(outlines)
  })
}

async function outlined(
  state: State,
  environment: string,
  {id, last: {record}}: RolloutTail,
): Promise<Result<RolloutOutline>> {
  if (record.code === 'rollout-ended' && record.as === 'succeeded') {
    const head = await state.head(environment, id)
    return head.ok ? ok(outlineOfSucceeded(head.value)) : head
  }
  const rollout = await state.load(environment, id)
  return rollout.ok ? ok(outlineOf(shown(rollout.value))) : rollout
}

/** The rollouts that have not come to their end, newest first. */
export async function openRollouts(where: WhereIn): Promise<Result<readonly RolloutShown[]>> {
  return inEnvironment(where, async (state, environment) => {
    const found = await openIn(state, environment)
    return found.ok ? ok(found.value.map(rollout => shown(rollout)).filter(({endedAt}) => endedAt === null)) : found
  })
}

/** A rollout, and the plan that it carries out. */
export interface RolloutWithPlan {
  readonly rollout: RolloutShown
  readonly plan: Plan
}

/** One rollout. `latest` is an id too: the newest of those that are being carried out, or else of all. */
export async function showRollout(where: WhereIn, id: string): Promise<Result<RolloutWithPlan>> {
  return inEnvironment(where, async (state, environment) => {
    const wanted = id === LATEST ? await runningIn(state, environment) : id
    const found = await state.load(environment, wanted)
    if (!found.ok) return found
    const holder = await holderOf({state}, environment, found.value.id)
    return holder.ok ? ok({rollout: shown(found.value, holder.value), plan: found.value.plan}) : holder
  })
}

/** Goes on with a rollout that was left, from what is really there. */
export async function resumeRollout(
  where: WhereIn,
  id: string,
  options: ApplyOptions,
  emit: Emit,
): Promise<Result<Applied>> {
  const loaded = await loadSystemIn(where, where.env)
  if (!loaded.ok) return loaded
  const environment = environmentOf(loaded.value.config, where.env)
  if (!environment.ok) return environment
  const carried = (told: Emit) =>
    withRecord(loaded.value.config, async state => {
      const deps = await depsFor(loaded.value, environment.value, state, told)
      if (!deps.ok) return deps
      const outcome = await resume(deps.value, environment.value.name, id, {...options, who: whoAmI()})
      return outcome.ok ? applied(state, environment.value.name, outcome.value) : outcome
    })
  return notifying(loaded.value.config, environment.value.name, emit, carried)
}

/** What is carried out may be older than the newest: it was gone on with. One that is not begun yet is no rollout. */
async function runningIn(state: State, environment: string): Promise<string> {
  const [leases, rollouts] = [await state.leases(environment), await state.tails(environment, LOOKED_THROUGH)]
  if (!leases.ok || !rollouts.ok) return LATEST
  const held = new Set(leases.value.filter(({expiresAt}) => expiresAt > clock.now()).map(({rollout}) => rollout))
  return rollouts.value.find(({id}) => held.has(id))?.id ?? LATEST
}

/** The ID of no rollout, and of the one that is meant where none is named. */
export const LATEST = 'latest'

type Use<T> = (state: Parameters<Parameters<typeof withRecord>[1]>[0], environment: string) => Promise<Result<T>>

/** Something about the record of one environment. */
export async function inEnvironment<T>(where: WhereIn, use: Use<T>): Promise<Result<T>> {
  const loaded = await loadConfig(where)
  if (!loaded.ok) return loaded
  const {config} = loaded.value
  const environment = environmentOf(config, where.env)
  if (!environment.ok) return environment
  return withRecord(config, state => use(state, environment.value.name))
}
