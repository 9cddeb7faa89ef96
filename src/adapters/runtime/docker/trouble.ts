import {type Failure, failure} from '../../../core/base/failure.ts'
import {fail, type Result} from '../../../core/base/result.ts'
import {codeOf} from '../../files.ts'

/** What an engine, or the way to it, answered instead of what was asked. Anything else that is thrown is a bug. */
export async function guarded<T>(engine: string, verb: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await verb()
  } catch (error) {
    const failed = failureOf(engine, error)
    if (!failed) throw error
    return fail(failed)
  }
}

/** The HTTP status of an answer that refuses. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined
}

/** Of an answer with this status, its value; of any other, the error it is. */
export async function unless<T>(status: number, value: T, asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    if (statusOf(error) === status) return value
    throw error
  }
}

function failureOf(engine: string, error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined
  if (statusOf(error) !== undefined) return failure('runtime-failed', {message: `docker at ${engine}: ${said(error)}`})
  const code = codeOf(error)
  if (code === undefined) return undefined
  const hint = HINTS[code]
  return failure('runtime-failed', {
    message: `docker at ${engine} does not answer: ${error.message}`,
    ...(hint && {hint}),
  })
}

const HINTS: Readonly<Record<string, string>> = {
  ENOENT: 'start Docker there, or name its socket in runtime.host',
  ECONNREFUSED: 'start Docker there, or name where it listens in runtime.host',
  EACCES: 'let your user open the socket: `usermod -aG docker USER`, then log in again',
}

/** `(HTTP code 409) conflict - the name is in use`, without what only programs want. */
function said(error: Error): string {
  const json = 'json' in error ? error.json : undefined
  const message = typeof json === 'object' && json !== null && 'message' in json ? json.message : undefined
  return typeof message === 'string' ? message : error.message
}
