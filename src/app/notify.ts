import {clock} from '../adapters/clock.ts'
import type {Webhook} from '../adapters/webhook.ts'
import type {Config, NotificationConfig} from '../core/config/config.ts'
import type {DurationMs} from '../core/base/units.ts'
import type {Event} from '../core/event/event.ts'
import type {Emit} from '../ports/emit.ts'
import {notificationBody} from '../report/notification.ts'

/** How long the last messages may take when everything else is over. */
const FLUSH_MS: DurationMs = 15_000

/**
 * Carries something out, and tells the webhooks of the file what happens meanwhile. A webhook that is slow, or away, holds nothing
 * up: it is told in order, beside the rollout, and what it did not take is an event itself.
 */
export async function notifying<T>(
  config: Config,
  environment: string,
  emit: Emit,
  use: (emit: Emit) => Promise<T>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<T> {
  const wanted = config.notifications.filter(one => one.environments?.includes(environment) ?? true)
  if (wanted.length === 0) return use(emit)
  const over = new AbortController()
  const about = {system: config.system, environment}
  const tellers = wanted.map(one => teller(one, about, webhookOf(one, env, over.signal), emit))
  let seq = 0
  try {
    return await use(event => {
      seq++
      emit(event)
      for (const tell of tellers) tell(event, seq)
    })
  } finally {
    const told = Promise.all(tellers.map(tell => tell.rest()))
    await Promise.race([told, clock.sleep(FLUSH_MS, over.signal)])
    over.abort('no more time')
    await told
  }
}

interface Teller {
  (event: Event, seq: number): void
  /** When everything has been told, or given up. */
  rest(): Promise<void>
}

function teller(
  wanted: NotificationConfig,
  about: {readonly system: string; readonly environment: string},
  webhook: Webhook | string,
  emit: Emit,
): Teller {
  let last: Promise<void> = Promise.resolve()
  let isTold = false

  async function send(event: Event, seq: number): Promise<void> {
    const why = typeof webhook === 'string' ? webhook : await delivered(event, seq, webhook)
    // Once is enough: whoever is away is so for every message.
    if (why === undefined || isTold) return
    isTold = true
    emit({at: clock.now(), rollout: event.rollout, code: 'notification-failed', to: wanted.name, message: why})
  }

  async function delivered(event: Event, seq: number, to: Webhook): Promise<string | undefined> {
    const {deliver} = await import('../adapters/webhook.ts')
    const id = `${event.rollout}.${event.at}.${seq}`
    const failed = await deliver({id, body: notificationBody(event, wanted, {...about, seq})}, to)
    return failed?.message
  }

  const tell = (event: Event, seq: number) => {
    if (wanted.events.includes(event.code)) last = last.then(() => send(event, seq))
  }
  return Object.assign(tell, {rest: () => last})
}

/** The webhook, or why nothing can be sent to it. */
function webhookOf(
  {to, secretFrom}: NotificationConfig,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Webhook | string {
  const url = 'url' in to ? to.url : env[to.urlFrom]
  const secret = secretFrom === undefined ? undefined : env[secretFrom]
  if (!url) return `${'urlFrom' in to ? to.urlFrom : 'its address'} is not set`
  if (!URL.canParse(url)) return `${'urlFrom' in to ? to.urlFrom : 'its address'} holds no address`
  if (secretFrom !== undefined && !secret) return `${secretFrom} is not set`
  return {url, signal, ...(secret !== undefined && {secret})}
}
