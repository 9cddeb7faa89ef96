import {randomUUID} from 'node:crypto'
import {existsSync} from 'node:fs'
import {mkdir, rename, rm} from 'node:fs/promises'
import {dirname} from 'node:path'
import {gitIn} from './git.ts'

/** Brings the mirror of a remote repository up to date, or makes it. Nobody ever sees half of one. */
export async function refreshMirror(url: string, folder: string): Promise<void> {
  if (existsSync(folder)) {
    const git = await gitIn(folder, {isRemote: true})
    await git.raw(['fetch', '--progress', '--prune', '--force', 'origin'])
    return
  }
  await mkdir(dirname(folder), {recursive: true})
  const half = `${folder}.${randomUUID()}`
  try {
    const git = await gitIn(dirname(folder), {isRemote: true})
    await git.raw(['clone', '--progress', '--mirror', '--end-of-options', url, half])
    await put(half, folder)
  } finally {
    await rm(half, {recursive: true, force: true})
  }
}

/** Somebody else may have been quicker; then theirs is as good. */
async function put(half: string, folder: string): Promise<void> {
  try {
    await rename(half, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  }
}
