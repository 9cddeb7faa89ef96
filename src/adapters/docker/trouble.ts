import {type Failure, failure} from '../../core/base/failure.ts'
import {fail, type Result} from '../../core/base/result.ts'
import {codeOf} from '../files.ts'

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

/** Waits for what may be refused with one of these. */
export async function isAny(statuses: readonly number[], asked: Promise<unknown>): Promise<void> {
  try {
    await asked
  } catch (error) {
    const status = statusOf(error)
    if (status === undefined || !statuses.includes(status)) throw error
  }
}

/** In words why it was refused; what is no answer of the engine is thrown again. */
export function refusalOf(error: unknown): string {
  if (error instanceof Error && statusOf(error) !== undefined) return said(error)
  throw error
}

function failureOf(engine: string, error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined
  if (statusOf(error) !== undefined) return failure('runtime-failed', {message: `docker at ${engine}: ${said(error)}`})
  const code = codeOf(error)
  if (code === undefined) return undefined
  if ('syscall' in error && error.syscall === 'open')
    return failure('runtime-failed', {
      message: `docker at ${engine} cannot be asked: ${error.message}`,
      hint: FILE_HINT,
    })
  const hint = HINTS[code]
  return failure('runtime-failed', {
    message: `docker at ${engine} does not answer: ${error.message}`,
    ...(hint && {hint}),
  })
}

/** Nothing else is read on the way to an engine. */
const FILE_HINT = 'one of the three files by which both sides of TLS know each other: is the path right?'

const HINTS: Readonly<Record<string, string>> = {
  ENOENT:
    'start Docker there, or say where it listens: host of the runtime in sluice.yaml; for the demo and for cells, DOCKER_HOST',
  ECONNREFUSED:
    'start Docker there, or say where it listens: host of the runtime in sluice.yaml; for the demo and for cells, DOCKER_HOST',
  ENOTFOUND: 'look at the name: host of the runtime in sluice.yaml; for the demo and for cells, DOCKER_HOST',
  ECONNRESET: 'an engine behind TLS wants runtime.tls; one that restarts is there again in a moment',
  ESSH: 'try `ssh HOST docker version` by hand: it has to work without a password',
  EACCES: 'let your user open the socket: `usermod -aG docker USER`, then log in again',
}

/** Why it was refused, as the engine said it, without what only programs want. */
function said(error: Error): string {
  return error.message.replace(/^\(HTTP code \d+\) [^-]*- /, '').trim()
}
