import {type Resolved, resolvedOf} from '../../../core/matrix/resolved.ts'
import type {RepoFiles} from '../ecosystem.ts'

interface Lock {
  readonly packages?: Readonly<
    Record<string, {readonly version?: string; readonly name?: string; readonly link?: boolean}>
  >
  readonly dependencies?: Readonly<Record<string, OldEntry>>
}

interface OldEntry {
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, OldEntry>>
}

/** package-lock.json: `packages` by place since version 2, nested `dependencies` before. */
export function readNpmLock(files: RepoFiles): Resolved {
  const lock = JSON.parse(files.text('npm-shrinkwrap.json') ?? files.text('package-lock.json') ?? '{}') as Lock
  return resolvedOf(lock.packages ? placed(lock.packages) : nested(lock.dependencies ?? {}))
}

/** Workspaces and links are the repository itself, not libraries. */
function placed(packages: NonNullable<Lock['packages']>): [string, string][] {
  return Object.entries(packages).flatMap(([place, {version, name, link}]): [string, string][] => {
    const at = place.lastIndexOf('node_modules/')
    if (at < 0 || link || version === undefined) return []
    return [[name ?? place.slice(at + 'node_modules/'.length), version]]
  })
}

function nested(dependencies: Readonly<Record<string, OldEntry>>): [string, string][] {
  return Object.entries(dependencies).flatMap(([name, entry]): [string, string][] => [
    ...(entry.version === undefined ? [] : [[name, entry.version] as [string, string]]),
    ...nested(entry.dependencies ?? {}),
  ])
}
