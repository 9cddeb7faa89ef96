import {constants} from 'node:fs'
import {access, stat} from 'node:fs/promises'
import {dirname} from 'node:path'
import type {Failure} from '../../core/base/failure.ts'
import {failure} from '../../core/base/failure.ts'

/** Undefined where there is no such file; one that is hidden from this user is not taken for none. */
export async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Whether this user may write to the file and beside it, as SQLite does even for whoever only reads. */
export async function mayWrite(file: string): Promise<boolean> {
  try {
    await access(dirname(file), constants.W_OK | constants.X_OK)
    await access(file, constants.W_OK)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}

export function cutOff(file: string): Failure {
  return failure('state-failed', {
    message: `the record ${file} is empty: it was cut off`,
    hint: 'restore it from a backup; without one, move it away, and check by `sluice status` what really runs',
  })
}
