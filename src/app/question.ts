import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {EnvironmentConfig, Wanted} from '../core/config/config.ts'
import {resolve} from '../core/graph/resolve.ts'
import type {MaybeState, Question, ServiceName, System} from '../core/graph/system.ts'
import {poolIdOf} from '../core/rollout/pool.ts'
import {environmentOf} from './config.ts'
import {withRecord} from './record.ts'
import type {LoadedSystem} from './system.ts'

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
}

/** From what runs, by the record and else by the file, to what should. */
export async function pose(loaded: LoadedSystem, asked: AskedOf): Promise<Result<Posed>> {
  const environment = environmentOf(loaded.config, asked.env)
  if (!environment.ok) return environment
  const recorded = await recordedStates(loaded, environment.value.name)
  if (!recorded.ok) return recorded
  const {from, to} = asked
  const options = {environment: environment.value, recorded: recorded.value, ...(from && {from}), ...(to && {to})}
  const question = resolve(loaded.assembled, options, loaded.source)
  return question.ok ? ok({environment: environment.value, question: question.value}) : question
}

/** What Sluice's own record says of the services that the file still knows. */
async function recordedStates(
  {config, assembled}: LoadedSystem,
  environment: string,
): Promise<Result<ReadonlyMap<ServiceName, MaybeState>>> {
  const kept = await withRecord(config, state => state.kept(environment))
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
