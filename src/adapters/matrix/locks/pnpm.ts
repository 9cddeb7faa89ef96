import {parse} from 'yaml'
import {type Resolved, resolvedOf} from '../../../core/matrix/resolved.ts'
import type {RepoFiles} from '../ecosystem.ts'

/** pnpm-lock.yaml: `/a/1.0.0` up to 5.4, `/a@1.0.0` in 6, `a@1.0.0` since 9; peers stand behind. */
export async function readPnpmLock(files: RepoFiles): Promise<Resolved> {
  const lock = parse(files.text('pnpm-lock.yaml') ?? '') as {packages?: Record<string, unknown>} | null
  return resolvedOf(Object.keys(lock?.packages ?? {}).flatMap(nameAndVersion))
}

/** The format of the lock file, as `9.0`. */
export function pnpmLockVersion(files: RepoFiles): string | undefined {
  return /^lockfileVersion:\s*'?"?([\d.]+)/m.exec(files.text('pnpm-lock.yaml') ?? '')?.[1]
}

/** The lock file without the entries of these libraries, wherever others refer to them. */
export function withoutEntries(text: string, names: readonly string[]): string {
  const sections = text.split(/\n(?=\S)/)
  return sections
    .map(section => (/^(?:packages|snapshots):/.test(section) ? thinned(section, names) : section))
    .join('\n')
}

/** An entry stands two spaces in; what belongs to it, further. */
function thinned(section: string, names: readonly string[]): string {
  const [head = '', ...entries] = section.split(/\n(?= {2}\S)/)
  const kept = entries.filter(entry => {
    const key = /^ {2}(['"]?)(.*?)\1:/.exec(entry)?.[2] ?? ''
    return !nameAndVersion(key).some(([name]) => names.includes(name))
  })
  return [head, ...kept].join('\n')
}

function nameAndVersion(key: string): [string, string][] {
  const bare = key.replace(/^\//, '').replace(/[(_].*$/, '')
  const match = /^((?:@[^/]+\/)?[^/@]+)[@/](.+)$/.exec(bare)
  return match?.[1] && match[2] ? [[match[1], match[2]]] : []
}
