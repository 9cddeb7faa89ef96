import {existsSync, statSync} from 'node:fs'
import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {dirname} from 'node:path'
import {type FailureCode, failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import {codeOf} from './files.ts'

/** The text of a file that the user named. */
export async function readText(file: string, code: FailureCode): Promise<Result<string>> {
  try {
    return ok(await readFile(file, 'utf8'))
  } catch (error) {
    return fail(failure(code, {message: `${file} cannot be read: ${reasonOf(error)}`}))
  }
}

/** Writes a file that the user named, with the folders that lead to it: a device or a link stays what it is. */
export async function writeText(file: string, text: string): Promise<Result<void>> {
  try {
    await makeFolder(dirname(file))
    return ok(await writeFile(file, text))
  } catch (error) {
    return fail(failure('usage', {message: `${file} cannot be written: ${reasonOf(error)}`}))
  }
}

/** One after the other, since Node's own way never ends where a file system takes no folders, as in /proc. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && statSync(folder).isDirectory()) return
    if (codeOf(error) !== 'ENOENT') throw error
    if (existsSync(dirname(folder))) throw new Error(`no folder can be made in ${dirname(folder)}`, {cause: error})
    await makeFolder(dirname(folder))
    await makeFolder(folder)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'that is not allowed',
  EISDIR: 'it is a folder',
  EEXIST: 'a part of the path is a file',
  ENOTDIR: 'a part of the path is a file',
  ENOSPC: 'the disk is full',
}

/** Why a file could not be used, in words. */
export function reasonOf(error: unknown): string {
  return REASONS[codeOf(error) ?? ''] ?? (error instanceof Error ? error.message : String(error))
}
