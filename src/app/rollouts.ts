import {whoAmI} from '../adapters/holders.ts'
import {ok, type Result} from '../core/base/result.ts'
import type {Plan} from '../core/plan/plan.ts'
import {type RolloutShown, shown} from '../core/rollout/show.ts'
import {holderOf} from '../engine/ask.ts'
import {resume} from '../engine/rollout.ts'
import type {Emit} from '../ports/emit.ts'
import {type Applied, applied} from './applied.ts'
import type {ApplyOptions} from './apply.ts'
import {environmentOf, loadConfig, type Where} from './config.ts'
import {notifying} from './notify.ts'
import {withRecord} from './record.ts'
import {loadSystem} from './system.ts'
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

/** A rollout, and the plan that it carries out. */
export interface RolloutWithPlan {
  readonly rollout: RolloutShown
  readonly plan: Plan
}

/** One rollout; `latest` is an id too. */
export async function showRollout(where: WhereIn, id: string): Promise<Result<RolloutWithPlan>> {
  return inEnvironment(where, async (state, environment) => {
    const found = await state.load(environment, id)
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
  const loaded = await loadSystem(where)
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
