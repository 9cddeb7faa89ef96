import {withoutSecrets} from '../adapters/git/address.ts'
import {type Failure, failure, type Problem} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {Config, ServiceConfig} from '../core/config/config.ts'
import {placeFinder} from '../core/config/locate.ts'
import {MANIFEST_NAME} from '../core/config/manifest.ts'
import type {Source} from '../core/config/source.ts'
import type {Found, FoundRelease} from '../core/graph/gather.ts'
import type {Repository, Tagged, TaggedRelease} from '../ports/repository.ts'
import type {LoadedConfig} from './config.ts'
import {placesOf} from './places.ts'

/** How many repositories are read at once: each is a git process or two, and perhaps a connection. */
const AT_ONCE = 8

/** What the repositories hold, and what is odd about them. */
export interface FoundReleases {
  readonly found: Found
  readonly warnings: readonly Problem[]
}

/** A service that has a repository. */
type Kept = ServiceConfig & {readonly repo: string}

/** Reads the tags and manifests of every service that has a repository; all that fails is told together. */
export async function findReleases(
  {config, source}: LoadedConfig,
  environment?: string,
): Promise<Result<FoundReleases>> {
  const kept = [...config.services.values()].filter((service): service is Kept => service.repo !== undefined)
  if (kept.length === 0) return ok({found: new Map(), warnings: []})
  const {default: limited} = await import('p-limit')
  const limit = limited(AT_ONCE)
  const repositories = await repositoriesOf(config)
  const answers = await Promise.all(
    kept.map(service => limit(async () => ({service, tagged: await repositories(service.repo).releases(service.tag)}))),
  )
  const failed = answers.flatMap(({service, tagged}) => (tagged.ok ? [] : [{service, failure: tagged.failure}]))
  if (failed.length > 0) return fail(together(failed, source, environment))
  const read = answers.flatMap(({service, tagged}) => (tagged.ok ? [{service, tagged: tagged.value}] : []))
  return ok({
    found: new Map(
      read.map(({service, tagged}) => [service.name, tagged.releases.map(release => foundRelease(service, release))]),
    ),
    warnings: read.flatMap(({service, tagged}) => skipped(config, service, tagged)),
  })
}

/** The repositories of a system, each opened once however many services live in it. */
export async function repositoriesOf(config: Config): Promise<(repo: string) => Repository> {
  const {gitRepository} = await import('../adapters/git/repository.ts')
  const {root, git} = placesOf(config)
  const opened = new Map<string, Repository>()
  return repo => {
    const repository = opened.get(repo) ?? gitRepository(repo, {root, cache: git})
    opened.set(repo, repository)
    return repository
  }
}

function foundRelease({repo}: Kept, {version, tag, manifest, unreadable}: TaggedRelease): FoundRelease {
  const file = `${withoutSecrets(repo)}@${tag}:${MANIFEST_NAME}`
  return {
    version,
    ...(manifest !== undefined && {manifest: {file, text: manifest}}),
    ...(unreadable !== undefined && {unreadable: {file, why: unreadable}}),
  }
}

function skipped({file}: Config, {name, tag}: Kept, {skipped: tags}: Tagged): readonly Problem[] {
  if (tags.length === 0) return []
  const message = `${name}: tags that look like releases and are not: ${tags.join(', ')}`
  return [
    {file, line: 1, column: 1, message, hint: `a release is tagged ${tag}, with all three numbers of its version`},
  ]
}

/** Every repository that could not be read, each where the file names it. */
function together(
  failed: readonly {readonly service: ServiceConfig; readonly failure: Failure}[],
  source: Source,
  environment?: string,
): Failure {
  const placeOf = placeFinder(source, environment)
  const problems = failed.map(({service: {name}, failure: {message, hint}}): Problem => {
    const place = placeOf(['services', name, 'repo'], 'value')
    return {file: source.file, ...place, message: `${name}: ${message}`, ...(hint !== undefined && {hint})}
  })
  const message = failed.length === 1 ? 'a repository cannot be read' : `${failed.length} repositories cannot be read`
  return failure('repository-failed', {message, problems})
}
