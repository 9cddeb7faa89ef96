import {type Resolved, resolvedOf} from '../../../core/matrix/resolved.ts'
import type {RepoFiles} from '../ecosystem.ts'

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
