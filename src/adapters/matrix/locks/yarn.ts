import {type Resolved, resolvedOf} from '../../../core/matrix/resolved.ts'
import type {RepoFiles} from '../ecosystem.ts'
import {packageManifest} from '../manifest.ts'

/** yarn.lock of yarn 1 without these libraries, or without any: an install then takes their newest and keeps the rest. */
export function without(text: string, names: readonly string[] | undefined): string {
  const [head = '', ...entries] = text.split(/\n(?=[^\s#])/)
  const kept = names ? entries.filter(entry => !names.includes(nameOf(entry))) : []
  return [head, ...kept].join('\n')
}

/**
 * A library that stands in the lock file without a range although the manifest has one for it. yarn 1 then installs
 * what is locked, fitting or not, also with `--frozen-lockfile`.
 */
export function unranged(files: RepoFiles): {readonly name: string; readonly range: string} | undefined {
  const {dependencies, devDependencies, optionalDependencies} = packageManifest(files) ?? {}
  const asked = Object.entries({...dependencies, ...devDependencies, ...optionalDependencies})
  const keys = (files.text('yarn.lock') ?? '').split(/\r?\n/).filter(line => /^[^\s#].*:$/.test(line))
  const patterns = new Set(keys.flatMap(line => line.slice(0, -1).split(', ')).map(unquoted))
  const found = asked.find(([name, range]) => range !== '' && patterns.has(name) && !patterns.has(`${name}@${range}`))
  return found && {name: found[0], range: found[1]}
}

const unquoted = (pattern: string) => pattern.replace(/^"|"$/g, '')

/** Of `"@scope/a@^1.0.0", "@scope/a@^1.1.0":` the name alone. */
function nameOf(entry: string): string {
  return /^"?((?:@[^/]+\/)?[^@":,]+)/.exec(entry)?.[1] ?? ''
}

/** yarn.lock, classic or berry: one reader knows both. */
export async function readYarnLock(files: RepoFiles): Promise<Resolved> {
  const {default: parsers} = await import('@yarnpkg/parsers')
  const lock = parsers.parseSyml(files.text('yarn.lock') ?? '') as Record<string, {version?: string; linkType?: string}>
  return resolvedOf(
    Object.entries(lock).flatMap(([key, {version, linkType}]): [string, string][] => {
      const name = /^((?:@[^/]+\/)?[^@]+)@/.exec(key)?.[1]
      return name === undefined || version === undefined || linkType === 'soft' ? [] : [[name, version]]
    }),
  )
}
