import type {DurationMs} from '../core/base/units.ts'
import {codeOf} from './files.ts'

/** What came of one GET. `said` is one line for people. */
export type Answer =
  | {readonly is: 'answered'; readonly status: number; readonly body: string; readonly said: string}
  /** Nobody listens. */
  | {readonly is: 'refused'; readonly said: string}
  | {readonly is: 'silent'; readonly said: string}
  | {readonly is: 'aborted'; readonly said: string}

/** How one GET is made. */
export interface Asking {
  readonly timeoutMs: DurationMs
  /** Whether what is answered is wanted, and not only that it is. */
  readonly body?: boolean
  readonly signal?: AbortSignal
}

/**
 * One GET on a connection of its own, which is closed after it: a kept one would hold up a server that drains. A
 * redirect is an answer, not a place to go to.
 */
export async function get(address: string, path: string, {timeoutMs, body = false, signal}: Asking): Promise<Answer> {
  // A timer that holds the process up, which AbortSignal.timeout does not: somebody waits for the answer.
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new DOMException('no answer in time', 'TimeoutError')), timeoutMs)
  const outOfTime = late.signal
  const asked = `GET ${path} on ${address}`
  try {
    const response = await fetch(new URL(path, `http://${address}`), {
      redirect: 'manual',
      headers: {connection: 'close'},
      signal: signal ? AbortSignal.any([signal, outOfTime]) : outOfTime,
    })
    const text = body ? await response.text() : ''
    if (!body) await response.body?.cancel()
    return {is: 'answered', status: response.status, body: text, said: `${asked}: ${response.status}`}
  } catch (error) {
    if (signal?.aborted) return {is: 'aborted', said: `${asked}: not waited for`}
    if (codeOf(causeOf(error)) === 'ECONNREFUSED') return {is: 'refused', said: `${asked}: nobody listens`}
    return {is: 'silent', said: `${asked}: ${outOfTime.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(error)}`}
  } finally {
    clearTimeout(timer)
  }
}

/** Why a request got no answer, in a few words. */
export function reasonOf(error: unknown): string {
  const cause = causeOf(error)
  if (codeOf(cause) === 'ECONNREFUSED') return 'nobody listens'
  if (codeOf(cause) === 'ECONNRESET' || codeOf(cause) === 'UND_ERR_SOCKET') return 'the connection was cut'
  if (cause instanceof Error && cause.name === 'TimeoutError') return 'no answer in time'
  return cause instanceof Error ? cause.message : String(cause)
}

/** `fetch` hides what happened in the cause of its error. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error
}

export function isWell(answer: Answer): boolean {
  return answer.is === 'answered' && answer.status >= 200 && answer.status < 300
}
