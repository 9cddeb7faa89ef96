import {randomBytes} from 'node:crypto'
import {open, readFile, rename, rm} from 'node:fs/promises'
import {dirname} from 'node:path'

/** Ends the name of a file that is not whole yet; what a crash left of one may be removed. */
export const UNFINISHED = '.unfinished'

/**
 * Puts a whole file in the place of another: whoever reads, and whoever comes back after a power cut, finds the old
 * one or the new one, never half of one.
 */
export async function replaceFile(path: string, text: string, mode = 0o600): Promise<void> {
  const fresh = `${path}.${randomBytes(4).toString('hex')}${UNFINISHED}`
  try {
    await writeThrough(fresh, text, mode)
    await rename(fresh, path)
  } catch (error) {
    await rm(fresh, {force: true})
    throw error
  }
  await syncFolder(dirname(path))
}

/** The text of a file; undefined where there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** `ENOENT` and its like; undefined for what no system call threw. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

async function writeThrough(path: string, text: string, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A rename is on disk once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
