import {randomUUID} from 'node:crypto'
import {existsSync} from 'node:fs'
import {mkdir, rename} from 'node:fs/promises'
import {join} from 'node:path'
import {type Failure, failure} from '../../core/base/failure.ts'
import {fail, ok, type Result} from '../../core/base/result.ts'
import {isTagName} from '../../core/config/tag.ts'
import {attempt, gitIn} from './git.ts'

/**
 * A worktree at the commit of a tag, below `shelf`, named after the commit: a tag that was moved leads to another folder.
 * It is made beside its place and then moved there, so that a folder with that name is always whole.
 */
export async function checkOut(name: string, repository: string, shelf: string, tag: string): Promise<Result<string>> {
  if (!isTagName(tag)) return fail(noTag(name, tag))
  const found = await attempt(name, async () => commitOf(repository, tag))
  if (!found.ok) return found
  if (found.value === undefined) return fail(noTag(name, tag))
  const folder = join(shelf, found.value)
  if (existsSync(folder)) return ok(folder)
  return attempt(name, async () => addWorktree(repository, shelf, folder, found.value ?? ''))
}

async function commitOf(repository: string, tag: string): Promise<string | undefined> {
  const git = await gitIn(repository)
  const commit = await git.raw(['rev-parse', '--verify', '--quiet', `refs/tags/${tag}^{commit}`])
  return /^[0-9a-f]{40,64}$/.exec(commit.trim())?.[0]
}

async function addWorktree(repository: string, shelf: string, folder: string, commit: string): Promise<string> {
  await mkdir(shelf, {recursive: true})
  const git = await gitIn(repository)
  const half = `${folder}.${randomUUID().slice(0, 8)}`
  try {
    await git.raw(['worktree', 'add', '--quiet', '--detach', half, commit])
    await rename(half, folder)
    await git.raw(['worktree', 'repair', folder])
  } catch (error) {
    await git.raw(['worktree', 'remove', '--force', half]).catch(() => undefined)
    // Somebody else was quicker; a commit has the same files for everybody.
    if (!existsSync(folder)) throw error
  }
  return folder
}

function noTag(name: string, tag: string): Failure {
  return failure('repository-failed', {
    message: `the repository ${name} has no tag ${JSON.stringify(tag)}`,
    hint: 'push the tag, or set "tag" of the service to how its releases are tagged',
  })
}
