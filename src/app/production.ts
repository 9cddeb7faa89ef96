import {tagOf} from '../core/config/tag.ts'
import {ok, type Result} from '../core/base/result.ts'
import type {ServiceConfig} from '../core/config/config.ts'
import type {ServiceName} from '../core/graph/system.ts'
import {loadConfig} from './config.ts'
import {matrixServices} from './matrix.ts'
import type {WhereIn} from './rollouts.ts'
import {pose} from './question.ts'
import {loadSystemIn} from './system.ts'

/**
 * What of each service's repository is in production: the branch that the file names, else the tag of the release that
 * runs in the environment. A service of which neither is known is left out; the environment is only looked at where it
 * has to be.
 */
export async function productionOf(
  where: WhereIn,
  services: readonly ServiceConfig[],
): Promise<Result<ReadonlyMap<ServiceName, string>>> {
  const named = new Map(services.flatMap(({name, matrix}) => (matrix?.prod === undefined ? [] : [[name, matrix.prod]])))
  const others = services.filter(({name}) => !named.has(name))
  if (others.length === 0) return ok(named)
  const running = await releasesThatRun(where)
  if (!running.ok) return where.env === undefined ? ok(named) : running
  const tags = others.flatMap(({name, tag}) => {
    const release = running.value.get(name)
    return release === undefined ? [] : [[name, tagOf(tag, release)] as const]
  })
  return ok(new Map([...named, ...tags]))
}

/** The same for services by name; all that have a repository where none is named. */
export async function productionIn(
  where: WhereIn,
  names: readonly string[],
): Promise<Result<ReadonlyMap<ServiceName, string>>> {
  const loaded = await loadConfig(where)
  if (!loaded.ok) return loaded
  const chosen = matrixServices(loaded.value.config, names)
  return chosen.ok ? productionOf(where, chosen.value) : chosen
}

async function releasesThatRun(where: WhereIn): Promise<Result<ReadonlyMap<ServiceName, string>>> {
  const loaded = await loadSystemIn(where, where.env)
  if (!loaded.ok) return loaded
  const posed = await pose(loaded.value, {env: where.env})
  if (!posed.ok) return posed
  const {current} = posed.value.question
  return ok(new Map([...current].flatMap(([name, state]) => (state === null ? [] : [[name, state.release] as const]))))
}
