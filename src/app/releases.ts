import {withoutSecrets} from '../adapters/git/address.ts'
import type {Failure, Problem} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {Config, ServiceConfig} from '../core/config/config.ts'
import {MANIFEST_NAME} from '../core/config/manifest.ts'
import type {Found, FoundRelease} from '../core/graph/gather.ts'
import type {Repository, Tagged, TaggedRelease} from '../ports/repository.ts'
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
export async function findReleases(config: Config): Promise<Result<FoundReleases>> {
  const kept = [...config.services.values()].filter((service): service is Kept => service.repo !== undefined)
  if (kept.length === 0) return ok({found: new Map(), warnings: []})
  const {default: limited} = await import('p-limit')
  const limit = limited(AT_ONCE)
  const repositories = await repositoriesOf(config)
  const answers = await Promise.all(
    kept.map(service => limit(async () => ({service, tagged: await repositories(service.repo).releases(service.tag)}))),
  )
  const failures = answers.flatMap(({tagged}) => (tagged.ok ? [] : [tagged.failure]))
  if (failures.length > 0) return fail(together(failures))
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

function together(failures: readonly Failure[]): Failure {
  const [first, ...others] = failures
  if (first && others.length === 0) return first
  return {
    code: 'repository-failed',
    message: failures.map(({message}) => message).join('\n'),
    ...(first?.hint && {hint: first.hint}),
  }
}
