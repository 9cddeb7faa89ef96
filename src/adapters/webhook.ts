import {createHmac} from 'node:crypto'
import pRetry, {AbortError} from 'p-retry'
import type {DurationMs} from '../core/base/units.ts'
import {reasonOf} from './answer.ts'

/** One message for one webhook. */
export interface Message {
  /** The same for every try, so that whoever gets it twice can tell. */
  readonly id: string
  readonly body: string
}

export interface Webhook {
  readonly url: string
  /** Signs every message; as text, or `whsec_` and base64. */
  readonly secret?: string
  /** Gives up what has not been delivered. */
  readonly signal?: AbortSignal
  /** Between the first tries; doubled with each. */
  readonly patienceMs?: DurationMs
}

const RETRIES = 5
const PATIENCE_MS: DurationMs = 500
const TIMEOUT_MS: DurationMs = 10_000
/** Refused now, and perhaps not later. */
const TEMPORARY = new Set([408, 425, 429])

/** Why a message was not taken, and whether it never will be. */
export interface Undelivered {
  readonly message: string
  readonly isRefused: boolean
}

/** Delivers a message, however often it takes; undefined once it was taken. A refusal that is meant is not tried again. */
export async function deliver(message: Message, webhook: Webhook): Promise<Undelivered | undefined> {
  let isRefused = false
  const {signal, patienceMs = PATIENCE_MS} = webhook
  try {
    await pRetry(() => post(message, webhook, () => (isRefused = true)), {
      retries: RETRIES,
      minTimeout: patienceMs,
      // Nothing that is wrong with the net is a mistake of ours.
      shouldRetry: () => true,
      ...(signal && {signal}),
    })
    return undefined
  } catch (error) {
    return {message: signal?.aborted ? 'there was no more time' : reasonOf(error), isRefused}
  }
}

async function post({id, body}: Message, {url, secret, signal}: Webhook, refused: () => void): Promise<void> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  const response = await fetch(url, {
    method: 'POST',
    body,
    redirect: 'manual',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      ...(secret !== undefined && signed(id, body, secret)),
    },
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  })
  await response.body?.cancel()
  if (response.ok) return
  const said = new Error(`it answers ${response.status}`)
  if (response.status >= 500 || TEMPORARY.has(response.status)) throw said
  refused()
  throw new AbortError(said)
}

/** As Standard Webhooks has it: HMAC-SHA256 over id, time and body, so that an old message cannot be sent again as a new one. */
function signed(id: string, body: string, secret: string): Record<string, string> {
  const at = String(Math.floor(Date.now() / 1000))
  const prefix = 'whsec_'
  const key = secret.startsWith(prefix) ? Buffer.from(secret.slice(prefix.length), 'base64') : Buffer.from(secret)
  const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')
  return {'webhook-timestamp': at, 'webhook-signature': `v1,${signature}`}
}
