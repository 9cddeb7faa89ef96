import {createHash} from 'node:crypto'
import {join} from 'node:path'
import {fail, ok, type Result} from '../../core/base/result.ts'
import type {Repository, Tagged, TaggedRelease} from '../../ports/repository.ts'
import {type Address, addressOf, withoutSecrets} from './address.ts'
import {checkOut} from './checkout.ts'
import {attempt, gitIn} from './git.ts'
import {fileAt} from './file.ts'
import {manifestsAt} from './manifests.ts'
import {refreshMirror} from './mirror.ts'
import {versionTags} from './tags.ts'

/** Where repositories are looked for, and where we may keep things. */
export interface GitFolders {
  /** The folder of `sluice.yaml`; relative paths start here. */
  readonly root: string
  /** Ours: mirrors of remote repositories, and checkouts. */
  readonly cache: string
}

/**
 * A repository in a folder of this machine, which is only read, or at an address, which is mirrored into the cache and
 * brought up to date once per run.
 */
export function gitRepository(repo: string, {root, cache}: GitFolders): Repository {
  const name = withoutSecrets(repo)
  let opened: Promise<Result<string>> | undefined
  const open = () => (opened ??= openAddress(addressOf(repo, root), name, cache))
  const shelf = join(cache, 'checkouts', digest(`${root}\n${repo}`))
  /** Those that are being made: asking twice at once makes one. */
  const checkouts = new Map<string, Promise<Result<string>>>()
  return {
    async releases(pattern) {
      const folder = await open()
      return folder.ok ? attempt(name, async () => taggedIn(folder.value, pattern)) : folder
    },
    async file(tag, path) {
      const folder = await open()
      return folder.ok ? attempt(name, async () => fileAt(folder.value, tag, path)) : folder
    },
    async checkout(tag) {
      const folder = await open()
      if (!folder.ok) return folder
      const running =
        checkouts.get(tag) ?? checkOut(name, folder.value, shelf, tag).finally(() => checkouts.delete(tag))
      checkouts.set(tag, running)
      return running
    },
  }
}

async function openAddress(address: Result<Address>, name: string, cache: string): Promise<Result<string>> {
  if (!address.ok) return fail(address.failure)
  if (address.value.is === 'folder') return ok(address.value.path)
  const {url} = address.value
  const mirror = join(cache, 'mirrors', `${digest(url)}.git`)
  const refreshed = await attempt(name, async () => refreshMirror(url, mirror))
  return refreshed.ok ? ok(mirror) : refreshed
}

async function taggedIn(folder: string, pattern: string): Promise<Tagged> {
  const {tags, skipped} = await versionTags(await gitIn(folder), pattern)
  const manifests = await manifestsAt(
    folder,
    tags.map(tag => tag.commit),
  )
  const releases = tags.map(({version, tag, commit}, index): TaggedRelease => {
    const {text, unreadable} = manifests[index] ?? {}
    return {
      version,
      tag,
      commit,
      ...(text === undefined ? {} : {manifest: text}),
      ...(unreadable === undefined ? {} : {unreadable}),
    }
  })
  return {releases, skipped}
}

/** A folder name for any address. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
