import {constants} from 'node:fs'
import {open} from 'node:fs/promises'
import {failure} from '../../core/base/failure.ts'
import {fail, ok, type Result} from '../../core/base/result.ts'
import type {Source} from '../../core/config/source.ts'
import {FILE_LIMITS} from '../../core/config/yaml/load.ts'
import {reasonOf} from '../text-file.ts'

/** The text of `sluice.yaml`. What is too long, no file, or no text is refused before it is read. */
export async function readConfig(path: string): Promise<Result<Source>> {
  try {
    // A pipe that nobody writes to would be waited for.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const stat = await file.stat()
      if (!stat.isFile()) return fail(unreadable(path, 'it is no file'))
      if (stat.size > FILE_LIMITS.size)
        return fail(unreadable(path, `it is ${stat.size} bytes long; at most ${FILE_LIMITS.size} are read`))
      return decoded(path, await file.readFile())
    } finally {
      await file.close()
    }
  } catch (error) {
    return fail(unreadable(path, reasonOf(error)))
  }
}

function decoded(path: string, bytes: Buffer): Result<Source> {
  try {
    return ok({file: path, text: new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)})
  } catch {
    return fail(unreadable(path, 'it is not UTF-8 text'))
  }
}

function unreadable(file: string, why: string) {
  const message = `${file} cannot be read: ${why}`
  return failure('config-invalid', {message, problems: [{file, line: 1, column: 1, message: why}]})
}
