import {realpath} from 'node:fs/promises'
import {isAbsolute, join, relative, sep} from 'node:path'
import {failure} from '../../core/base/failure.ts'
import {fail, ok, type Result} from '../../core/base/result.ts'

/**
 * A path below a root, its links followed: neither `..` nor a symbolic link may lead out of it. A checkout holds what
 * its repository says, and that is not always a friend's.
 */
export async function inside(root: string, path: string): Promise<Result<string>> {
  try {
    const base = await realpath(root)
    const real = await realpath(join(base, path))
    const way = relative(base, real)
    const leaves = isAbsolute(path) || isAbsolute(way) || way === '..' || way.startsWith(`..${sep}`)
    return leaves ? fail(refused(path, `leads out of ${root}`)) : ok(real)
  } catch {
    return fail(refused(path, `is not there in ${root}`))
  }
}

function refused(path: string, why: string) {
  return failure('not-found', {message: `${JSON.stringify(path)} ${why}`, hint: 'write a path below it'})
}
