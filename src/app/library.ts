import {mkdir} from 'node:fs/promises'
import {dirname, join, resolve} from 'node:path'
import {clock} from '../adapters/clock.ts'
import {addressOf} from '../adapters/git/address.ts'
import {lockedAt, type LockedCommit} from '../adapters/library/locked.ts'
import {openSource, type Source} from '../adapters/matrix/source.ts'
import {openWorkbench, type Workbench} from '../adapters/matrix/workbench.ts'
import {ok, type Result} from '../core/base/result.ts'
import type {DurationMs} from '../core/base/units.ts'
import type {Config, ServiceConfig} from '../core/config/config.ts'
import type {Branch} from '../core/matrix/cell.ts'
import {type NoAnswer, noAnswer} from '../core/matrix/no-answer.ts'
import {loadConfig} from './config.ts'
import {cacheFolder, matrixServices} from './matrix.ts'
import {productionOf} from './production.ts'
import type {WhereIn} from './rollouts.ts'

/** What both library commands are asked. */
export interface LibraryAsked extends WhereIn {
  /** Empty: every service that has a repository. */
  readonly services: readonly string[]
  readonly environment: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly timeoutMs: DurationMs
}

/** A service, with the commits of it that can be looked at. */
export interface LibraryService {
  readonly service: ServiceConfig
  /** The repository as a folder of this machine; undefined for a remote one. */
  readonly folder?: string
  /** Its address as git takes it. */
  readonly address: string
  readonly branch: (branch: Branch) => Promise<LockedCommit | NoAnswer>
}

/** Everything that library commands work with. */
export interface Libraries {
  readonly config: Config
  readonly bench: Workbench
  readonly services: readonly LibraryService[]
}

/** Opens the repositories of the services. One that cannot be opened says so when it is asked for a branch. */
export async function openLibraries(asked: LibraryAsked): Promise<Result<Libraries>> {
  const loaded = await loadConfig(asked)
  if (!loaded.ok) return loaded
  const {config} = loaded.value
  const chosen = matrixServices(config, asked.services)
  if (!chosen.ok) return chosen
  const production = await productionOf(asked, chosen.value)
  if (!production.ok) return production
  const cache = cacheFolder(asked.environment)
  await mkdir(join(cache, 'logs'), {recursive: true})
  const {signal, timeoutMs, environment: env} = asked
  const bench = await openWorkbench({signal, timeoutMs, env, cache, scripts: false, reuse: true, asOf: clock.now()})
  const services: LibraryService[] = []
  for (const service of chosen.value) {
    const address = addressOf(service.repo ?? '', dirname(config.file))
    if (!address.ok) return address
    const place = address.value.is === 'folder' ? resolve(address.value.path) : address.value.url
    services.push({
      service,
      address: place,
      ...(address.value.is === 'folder' && {folder: place}),
      branch: branchesOf(service, place, cache, production.value.get(service.name)),
    })
  }
  return ok({config, bench, services})
}

function branchesOf({matrix}: ServiceConfig, address: string, cache: string, prod: string | undefined) {
  let opening: Promise<Source | NoAnswer> | undefined
  return async (branch: Branch): Promise<LockedCommit | NoAnswer> => {
    opening ??= openSource(address, cache)
    const source = await opening
    if ('code' in source) return source
    const ref = branch === 'prod' ? prod : (matrix?.master ?? (await source.defaultBranch()))
    if (ref === undefined)
      return noAnswer(branch === 'prod' ? 'prod-unknown' : 'branch-missing', `no ${branch} branch is named`)
    const commit = await source.commit(ref)
    return commit === undefined ? noAnswer('branch-missing', `there is no ${ref}`) : lockedAt(source, commit)
  }
}
