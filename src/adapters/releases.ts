import {join} from 'node:path'
import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {ConfiguredRelease, ServiceConfig} from '../core/config/config.ts'
import {mergedRun} from '../core/config/merged-run.ts'
import type {ServiceName} from '../core/graph/system.ts'
import type {Releases} from '../ports/releases.ts'
import type {Repository} from '../ports/repository.ts'
import {inside} from './config/inside.ts'

/** What is known of the services, and where their files come from. */
export interface ReleaseSources {
  /** The services as they are in the environment. */
  readonly services: ReadonlyMap<ServiceName, ServiceConfig>
  /** All releases, with how each is run where that differs. */
  readonly releases: ReadonlyMap<ServiceName, readonly ConfiguredRelease[]>
  readonly repository: (repo: string) => Repository
  /** The folder of `sluice.yaml`. */
  readonly root: string
  /** Whether the runtime makes instances of images; a command is then for other environments. */
  readonly byImage: boolean
}

/** A release's files are a worktree at its tag; without a repository, they are the folder of `sluice.yaml`. */
export function releasesFrom({services, releases, repository, root, byImage}: ReleaseSources): Releases {
  return {
    async prepare(name, state) {
      const service = services.get(name)
      const release = releases.get(name)?.find(({version}) => version === state.release)
      if (!service || !release) {
        const message = `nothing describes ${name} ${state.release}`
        return fail(failure('not-found', {message, hint: 'its tag or its entry in the file is gone: bring it back'}))
      }
      const run = mergedRun(service.run, release.run)
      // An image has all that it needs.
      if (!run.command || (byImage && run.image !== undefined)) return ok({run})
      const folder = await folderOf(service, state.release, run.cwd)
      return folder.ok ? ok({run, folder: folder.value}) : folder
    },
  }

  async function folderOf(
    {repo, tag}: ServiceConfig,
    version: string,
    cwd: string | undefined,
  ): Promise<Result<string>> {
    const base = repo === undefined ? ok(root) : await repository(repo).checkout(tag.replaceAll('{version}', version))
    if (!base.ok || cwd === undefined) return base
    return repo === undefined ? ok(join(base.value, cwd)) : inside(base.value, cwd)
  }
}
