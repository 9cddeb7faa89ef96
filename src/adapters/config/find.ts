import {stat} from 'node:fs/promises'
import {dirname, join, resolve} from 'node:path'
import {failure} from '../../core/base/failure.ts'
import {fail, ok, type Result} from '../../core/base/result.ts'

const NAMES = ['sluice.yaml', 'sluice.yml']

/**
 * The path of `sluice.yaml`: what `--config` names, a file or the folder it is in, or else the first one from the
 * working directory upwards.
 */
export async function findConfig(workingFolder: string, named?: string): Promise<Result<string>> {
  return named === undefined ? upwards(resolve(workingFolder)) : atName(resolve(workingFolder, named), named)
}

async function atName(path: string, named: string): Promise<Result<string>> {
  const kind = await kindOf(path)
  if (kind === 'file') return ok(path)
  const inside = kind === 'folder' ? await inFolder(path) : undefined
  if (inside !== undefined) return ok(inside)
  const why = kind === 'folder' ? `${named} holds no sluice.yaml` : `there is no ${named}`
  return fail(failure('config-missing', {message: why, hint: '--config names a sluice.yaml, or the folder it is in'}))
}

async function upwards(start: string): Promise<Result<string>> {
  for (let folder = start; ; folder = dirname(folder)) {
    const found = await inFolder(folder)
    if (found !== undefined) return ok(found)
    if (dirname(folder) === folder) break
  }
  const message = `there is no sluice.yaml in ${start} or above`
  return fail(failure('config-missing', {message, hint: 'write one with "sluice init", or name it with --config'}))
}

async function inFolder(folder: string): Promise<string | undefined> {
  for (const name of NAMES) if ((await kindOf(join(folder, name))) === 'file') return join(folder, name)
  return undefined
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    const found = await stat(path)
    return found.isDirectory() ? 'folder' : 'file'
  } catch {
    return undefined
  }
}
