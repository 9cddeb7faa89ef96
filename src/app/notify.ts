import {clock} from '../adapters/clock.ts'
import {holders, whoAmI} from '../adapters/holders.ts'
import {type Outbox, outboxIn, type Owed} from '../adapters/outbox.ts'
import type {Webhook} from '../adapters/webhook.ts'
import type {Config, NotificationConfig} from '../core/config/config.ts'
import type {DurationMs} from '../core/base/units.ts'
import type {Event} from '../core/event/event.ts'
import type {Emit} from '../ports/emit.ts'
import {notificationBody} from '../report/notification.ts'
import {placesOf} from './places.ts'

/** How long the last messages may take when everything else is over. */
const FLUSH_MS: DurationMs = 15_000

/** Older ones say nothing that is still so. */
const STALE_MS: DurationMs = 86_400_000

/** Where a process finds what it needs to tell anybody. */
export interface Telling {
  readonly env: NodeJS.ProcessEnv
  readonly outbox: Outbox
}

/**
 * Carries something out, and tells the webhooks of the file what happens meanwhile, and first what an earlier process could
 * not tell them. A webhook that is slow, or away, holds nothing up: it is told in order, beside the rollout, and what it did
 * not take is an event itself.
 */
export async function notifying<T>(
  config: Config,
  environment: string,
  emit: Emit,
  use: (emit: Emit) => Promise<T>,
  telling: Telling = {env: process.env, outbox: outboxIn(placesOf(config).outbox(environment))},
): Promise<T> {
  const wanted = config.notifications.filter(one => one.environments?.includes(environment) ?? true)
  if (wanted.length === 0) return use(emit)
  const over = new AbortController()
  const about = {system: config.system, environment}
  const tellers = wanted.map(one => teller(one, about, webhookOf(one, telling.env, over.signal), telling.outbox, emit))
  const owed = owedIn(telling.outbox)
  for (const tell of tellers) tell.again(owed)
  let seq = 0
  try {
    return await use(event => {
      seq++
      emit(event)
      for (const tell of tellers) tell.of(event, seq)
    })
  } finally {
    const told = Promise.all(tellers.map(tell => tell.rest()))
    await Promise.race([told, clock.sleep(FLUSH_MS, over.signal)])
    over.abort('no more time')
    await told
  }
}

/** What processes that are gone have left; what is of another day is forgotten. */
function owedIn(outbox: Outbox): readonly Owed[] {
  const left = outbox.left().filter(({by}) => holders.isGone(by) || by.boot !== whoAmI().boot)
  const isStale = ({at}: Owed) => clock.now() - at > STALE_MS
  for (const one of left.filter(isStale)) outbox.drop(one)
  return left.filter(one => !isStale(one))
}

interface Teller {
  of(event: Event, seq: number): void
  /** What is for this webhook of that which was left. */
  again(owed: readonly Owed[]): void
  /** When everything has been told, or given up. */
  rest(): Promise<void>
}

function teller(
  wanted: NotificationConfig,
  about: {readonly system: string; readonly environment: string},
  webhook: Webhook | string,
  outbox: Outbox,
  emit: Emit,
): Teller {
  let last: Promise<void> = Promise.resolve()
  let isTold = false

  async function send(owed: Owed): Promise<void> {
    const why = typeof webhook === 'string' ? webhook : await delivered(owed, webhook)
    // Once is enough: whoever is away is so for every message.
    if (why === undefined || isTold) return
    isTold = true
    emit({at: clock.now(), rollout: owed.rollout, code: 'notification-failed', to: wanted.name, message: why})
  }

  async function delivered(owed: Owed, to: Webhook): Promise<string | undefined> {
    const {deliver} = await import('../adapters/webhook.ts')
    const failed = await deliver(owed, to)
    if (!failed || failed.isRefused) outbox.drop(owed)
    return failed?.message
  }

  function queue(owed: Owed): void {
    if (typeof webhook !== 'string') outbox.keep(owed)
    last = last.then(() => send(owed))
  }

  return {
    of: (event, seq) => {
      if (!wanted.events.includes(event.code)) return
      const {rollout, at} = event
      const body = notificationBody(event, wanted, {...about, seq})
      queue({id: `${rollout}.${at}.${seq}`, to: wanted.name, body, at, rollout, by: whoAmI()})
    },
    again: owed => {
      for (const one of owed) if (one.to === wanted.name) queue({...one, by: whoAmI()})
    },
    rest: () => last,
  }
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
