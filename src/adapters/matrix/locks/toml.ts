import {type Resolved, resolvedOf} from '../../../core/matrix/resolved.ts'
import type {RepoFiles} from '../ecosystem.ts'

/** Cargo.lock, uv.lock and poetry.lock alike list `[[package]]` with name and version. */
export function readTomlLock(path: string): (files: RepoFiles) => Promise<Resolved> {
  return async files => {
    const {parse} = await import('smol-toml')
    const lock = parse(files.text(path) ?? '') as {package?: {name: string; version?: string; source?: unknown}[]}
    return resolvedOf(
      (lock.package ?? []).flatMap(entry => (entry.version ? [[entry.name, entry.version] as const] : [])),
    )
  }
}
