import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {EnvironmentConfig, Wanted} from '../core/config/config.ts'
import {resolve} from '../core/graph/resolve.ts'
import type {MaybeState, Question, ServiceName, System} from '../core/graph/system.ts'
import {poolIdOf} from '../core/rollout/pool.ts'
import {standingIn} from '../engine/standing.ts'
import {environmentOf} from './config.ts'
import {withRecord} from './record.ts'
import type {LoadedSystem} from './system.ts'
import {unrecorded} from './unrecorded.ts'

/** What a command says about the question to plan. */
export interface AskedOf {
  readonly env?: string | undefined
  readonly from?: ReadonlyMap<ServiceName, Wanted>
  readonly to?: ReadonlyMap<ServiceName, Wanted>
}

/** A question, and the environment it is about. */
export interface Posed {
  readonly environment: EnvironmentConfig
  readonly question: Question
  /** What runs of services that there is no record of, by its labels. */
  readonly found: ReadonlyMap<ServiceName, MaybeState>
}

/** From what runs, by the record and else by the file, to what should. */
export async function pose(loaded: LoadedSystem, asked: AskedOf): Promise<Result<Posed>> {
  const environment = environmentOf(loaded.config, asked.env)
  if (!environment.ok) return environment
  const recorded = await recordedStates(loaded, environment.value.name)
  if (!recorded.ok) return recorded
  const {from, to} = asked
  const found = await foundIn(loaded, environment.value, recorded.value, from)
  if (!found.ok) return found
  const known = new Map([...found.value, ...recorded.value])
  const options = {environment: environment.value, recorded: known, ...(from && {from}), ...(to && {to})}
  const question = resolve(loaded.assembled, options, loaded.source)
  if (!question.ok) return question
  return ok({environment: environment.value, question: question.value, found: found.value})
}

/** What runs by its labels, where there is no record at all. */
async function foundIn(
  {config, assembled}: LoadedSystem,
  environment: EnvironmentConfig,
  recorded: ReadonlyMap<ServiceName, MaybeState>,
  from: ReadonlyMap<ServiceName, Wanted> = new Map(),
): Promise<Result<ReadonlyMap<ServiceName, MaybeState>>> {
  if (recorded.size > 0) return ok(new Map())
  const found = await unrecorded(config, environment, from)
  if (!found.ok) return found
  return ok(new Map([...found.value].filter(([service, state]) => isKnown(assembled.system, service, state))))
}

/** What Sluice's own record says of the services that the file still knows. */
async function recordedStates(
  {config, assembled}: LoadedSystem,
  environment: string,
): Promise<Result<ReadonlyMap<ServiceName, MaybeState>>> {
  const kept = await withRecord(config, state => standingIn(state, environment))
  if (!kept.ok) return kept
  const known = kept.value.filter(({service}) => config.services.has(service))
  const lost = known.find(({service, state}) => !isKnown(assembled.system, service, state))
  if (lost?.state) {
    const message = `${lost.service} is at ${poolIdOf(lost.state)} by the record, and nothing describes that any more`
    return fail(
      failure('not-found', {
        message,
        hint: `bring the tag or the entry of that release back, so that ${lost.service} can be moved from it`,
      }),
    )
  }
  return ok(new Map(known.map(({service, state}) => [service, state])))
}

function isKnown({services}: System, service: ServiceName, state: MaybeState): boolean {
  if (state === null) return true
  const release = services.get(service)?.releases.find(({version}) => version === state.release)
  if (!release) return false
  return state.mode === null ? release.modes.length === 0 : release.modes.some(({name}) => name === state.mode)
}
