import {createHash} from 'node:crypto'
import {existsSync} from 'node:fs'
import {mkdir, rename, rm} from 'node:fs/promises'
import {join} from 'node:path'
import type {SimpleGit} from 'simple-git'
import {type NoAnswer, noAnswer} from '../../core/matrix/no-answer.ts'
import {withoutSecrets} from '../git/address.ts'
import type {RepoFiles} from './ecosystem.ts'

/** The cached clone of one service's repository. The user's own checkout is read by `git fetch`, and never else. */
export interface Source {
  /** The folder of the clone, from which checkouts borrow their objects. */
  readonly mirror: string
  /** The full SHA that a branch, tag or SHA stands for. */
  readonly commit: (ref: string) => Promise<string | undefined>
  /** The branch that development goes on in, where the configuration names none. */
  readonly defaultBranch: () => Promise<string | undefined>
  /** Those of the paths that the commit has. */
  readonly files: (commit: string, paths: readonly string[]) => Promise<RepoFiles>
  /** A checkout of its own at `folder`, which the caller removes. */
  readonly checkout: (commit: string, folder: string) => Promise<void>
  /** What the user should know, such as that nothing newer could be fetched. */
  readonly remarks: readonly string[]
}

/** Clones the repository, or fetches what is new since. Services that share a repository wait for the same clone. */
export function openSource(repo: string, cache: string): Promise<Source | NoAnswer> {
  const mirror = join(cache, 'repositories', `${createHash('sha256').update(repo).digest('hex').slice(0, 24)}.git`)
  const opened = opening.get(mirror) ?? open(repo, mirror).finally(() => opening.delete(mirror))
  opening.set(mirror, opened)
  return opened
}

const opening = new Map<string, Promise<Source | NoAnswer>>()

async function open(repo: string, mirror: string): Promise<Source | NoAnswer> {
  const {simpleGit} = await import('simple-git')
  const remarks: string[] = []
  try {
    if (!existsSync(mirror)) await clone(repo, mirror, simpleGit)
    else if (!(await fetched(simpleGit(mirror))))
      remarks.push(`${withoutSecrets(repo)} could not be fetched: tested as last seen`)
    if (await isDirty(repo, simpleGit)) remarks.push(`${repo} has changes that are not committed: they are not tested`)
  } catch (error) {
    return noAnswer('repository-missing', withoutSecrets(`${repo} could not be cloned: ${lastLine(error)}`))
  }
  return sourceOf(mirror, remarks, folder => simpleGit({baseDir: folder, maxConcurrentProcesses: 4}))
}

/** Of a checkout on this machine; looked at without so much as refreshing its index. */
async function isDirty(repo: string, simpleGit: (folder: string) => SimpleGit): Promise<boolean> {
  if (!existsSync(repo)) return false
  const asked = ['--no-optional-locks', 'status', '--porcelain', '--untracked-files=normal']
  // A bare repository has nothing that could be changed.
  const changes = await simpleGit(repo)
    .raw(asked)
    .catch(() => '')
  return changes !== ''
}

/** Into a folder beside, and then into place at once, so that a clone that was killed is never taken for a whole one. */
async function clone(repo: string, mirror: string, simpleGit: () => SimpleGit): Promise<void> {
  const unfinished = `${mirror}.${process.pid}.unfinished`
  await mkdir(join(mirror, '..'), {recursive: true})
  await rm(unfinished, {recursive: true, force: true})
  try {
    await simpleGit().raw(['clone', '--quiet', '--mirror', '--', repo, unfinished])
    await rename(unfinished, mirror).catch((error: unknown) => {
      if (!existsSync(mirror)) throw error
    })
  } finally {
    await rm(unfinished, {recursive: true, force: true})
  }
}

/** Two runs may fetch at once; the one that comes second finds a ref locked, and tries again. */
async function fetched(git: SimpleGit, tries = 3): Promise<boolean> {
  try {
    await git.raw(['fetch', '--quiet', '--prune', '--force', 'origin', '+refs/*:refs/*'])
    return true
  } catch {
    return tries > 1 && fetched(git, tries - 1)
  }
}

function sourceOf(mirror: string, remarks: readonly string[], gitIn: (folder: string) => SimpleGit): Source {
  const git = gitIn(mirror)
  const resolve = async (ref: string) => {
    try {
      return (
        (await git.raw(['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`])).trim() || undefined
      )
    } catch {
      return undefined
    }
  }
  return {
    mirror,
    remarks,
    async commit(ref) {
      for (const name of [`refs/heads/${ref}`, `refs/tags/${ref}`, `refs/remotes/origin/${ref}`, ref]) {
        const commit = await resolve(name)
        if (commit !== undefined) return commit
      }
      return undefined
    },
    async defaultBranch() {
      for (const name of ['main', 'master', 'HEAD']) if (await resolve(name)) return name
      return undefined
    },
    async files(commit, paths) {
      const listed = (await git.raw(['ls-tree', '--name-only', '-z', commit, '--', ...paths])).split('\0')
      const there = paths.filter(path => listed.includes(path))
      const texts = await Promise.all(there.map(path => git.raw(['show', `${commit}:${path}`])))
      return filesOf(new Map(there.map((path, at) => [path, texts[at] ?? ''])))
    },
    // Not `git worktree add`, which fails now and then when two are added at once. A shared clone has the same
    // objects, a .git of its own, and nothing that would have to be pruned.
    async checkout(commit, folder) {
      await git.raw(['clone', '--quiet', '--shared', '--no-checkout', '--', mirror, folder])
      const own = gitIn(folder)
      await Promise.all([own.raw(['checkout', '--quiet', '--detach', commit]), own.raw(['remote', 'remove', 'origin'])])
    },
  }
}

/** Texts by path as {@link RepoFiles}. */
export function filesOf(texts: ReadonlyMap<string, string>): RepoFiles {
  return {has: path => texts.has(path), text: path => texts.get(path)}
}

/** What git complained about, without all that led to it. */
export function lastLine(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).trim().split('\n')
  return lines.findLast(line => /fatal|error/i.test(line)) ?? lines.at(-1) ?? ''
}
