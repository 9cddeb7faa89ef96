import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {Config} from '../core/config/config.ts'
import type {ServiceName} from '../core/graph/system.ts'
import {evidenceIn} from '../core/matrix/evidence.ts'
import type {Repository} from '../ports/repository.ts'
import type {Tests} from '../ports/tests.ts'
import {keptReports} from './matrix-history.ts'

/** What the kept reports of the matrix say of the very commits that releases were made from. */
export function testsIn(config: Config, repository: (repo: string) => Repository): Tests {
  return {
    async evidence(service, release) {
      const commit = await commitOf(config, repository, service, release)
      if (!commit.ok) return commit
      return ok(evidenceIn(await keptReports(config.file, service), service, release, commit.value))
    },
  }
}

/** Undefined where the release stands in the file only, and no commit is its. */
async function commitOf(
  {services}: Config,
  repository: (repo: string) => Repository,
  service: ServiceName,
  release: string,
): Promise<Result<string | undefined>> {
  const found = services.get(service)
  if (!found) return fail(failure('not-found', {message: `there is no service ${service}`}))
  if (found.repo === undefined) return ok(undefined)
  const tagged = await repository(found.repo).releases(found.tag)
  return tagged.ok ? ok(tagged.value.releases.find(({version}) => version === release)?.commit) : tagged
}
