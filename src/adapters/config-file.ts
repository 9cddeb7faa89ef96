import {readFile, stat} from 'node:fs/promises'
import {dirname, join, relative, resolve} from 'node:path'
import {failure, type FailureCode} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {Source} from '../core/config/source.ts'

/** The name that is looked for. */
export const CONFIG_FILE = 'sluice.yaml'

/** Where a command stands, and which file it was told to use. */
export interface Where {
  readonly cwd: string
  /** `--config`: a file, relative to `cwd`. */
  readonly config?: string | undefined
}

/** The text of the named `sluice.yaml`, or of the nearest one from the working directory upwards. */
export async function findConfig({cwd, config}: Where): Promise<Result<Source>> {
  const file = config === undefined ? await nearest(cwd) : resolve(cwd, config)
  if (file === undefined) {
    const hint = 'write one, as `sluice init` does, or name one with --config'
    return fail(failure('config-missing', {message: `there is no ${CONFIG_FILE} in ${cwd} or above it`, hint}))
  }
  return readText(file, 'config-missing')
}

/** A file's text under its absolute path; what keeps it from being read is a failure of that code. */
export async function readText(file: string, code: FailureCode): Promise<Result<Source>> {
  try {
    return ok({file, text: await readFile(file, 'utf8')})
  } catch (error) {
    const why = REASONS[(error as NodeJS.ErrnoException).code ?? ''] ?? String(error)
    return fail(failure(code, {message: `${relative('.', file) || file} cannot be read: ${why}`}))
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'that is not allowed',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is a file',
}

async function nearest(cwd: string): Promise<string | undefined> {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const file = join(folder, CONFIG_FILE)
    if (await isFile(file)) return file
    if (folder === dirname(folder)) return undefined
  }
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isFile(),
    () => false,
  )
}
