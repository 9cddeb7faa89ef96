import {join} from 'node:path'
import {clock} from '../adapters/clock.ts'
import {holders, whoAmI} from '../adapters/holders.ts'
import {type Outbox, outboxIn, type Owed} from '../adapters/outbox.ts'
import {type Receipts, receiptsIn} from '../adapters/receipts.ts'
import type {Webhook} from '../adapters/webhook.ts'
import type {Config, NotificationConfig} from '../core/config/config.ts'
import type {DurationMs} from '../core/base/units.ts'
import type {Event} from '../core/event/event.ts'
import type {Emit} from '../ports/emit.ts'
import type {State} from '../ports/state.ts'
import {notificationBody} from '../report/notification.ts'
import {type Missed, missedIn, STALE_MS} from './missed.ts'
import {placesOf} from './places.ts'
import {withRecord} from './record.ts'

/** How long the last messages may take when everything else is over. */
const FLUSH_MS: DurationMs = 15_000

/** Where a process finds what it needs to tell anybody. */
export interface Telling {
  readonly env: NodeJS.ProcessEnv
  readonly outbox: Outbox
  readonly receipts: Receipts
  /** The record, for what an earlier process could not even put into the outbox. */
  readonly record: <T>(use: (state: State) => Promise<T>) => Promise<T>
}

function tellingOf(config: Config, environment: string): Telling {
  const folder = placesOf(config).outbox(environment)
  return {
    env: process.env,
    outbox: outboxIn(folder),
    receipts: receiptsIn(join(folder, 'receipts')),
    record: use => withRecord(config, use),
  }
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
  telling: Telling = tellingOf(config, environment),
): Promise<T> {
  const wanted = config.notifications.filter(one => one.environments?.includes(environment) ?? true)
  if (wanted.length === 0) return use(emit)
  const over = new AbortController()
  const about = {system: config.system, environment}
  const tellers = wanted.map(one => teller(one, about, webhookOf(one, telling.env, over.signal), telling, emit))
  const owed = owedIn(telling.outbox)
  for (const tell of tellers) tell.again(owed)
  const missed = await telling.record(state => missedIn(state, environment, wanted, telling.receipts))
  for (const tell of tellers) for (const one of missed) tell.missed(one)
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
  /** What stands in the record and was not put into the outbox. */
  missed(one: Missed): void
  /** What is for this webhook of that which was left. */
  again(owed: readonly Owed[]): void
  /** When everything has been told, or given up. */
  rest(): Promise<void>
}

function teller(
  wanted: NotificationConfig,
  about: {readonly system: string; readonly environment: string},
  webhook: Webhook | string,
  {outbox, receipts}: Telling,
  emit: Emit,
): Teller {
  let last: Promise<void> = Promise.resolve()
  let isTold = false
  const seen = new Map<string, number>()

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

  /** What stands in the record has the same id whoever sends it. That it is in the outbox is noted once it is. */
  function tell(event: Event, seq: number): void {
    const {rollout, at, entry} = event
    if (entry !== undefined) seen.set(rollout, entry)
    if (!wanted.events.includes(event.code)) return
    const id = entry === undefined ? `${rollout}.${at}.${seq}` : `${rollout}.${entry}`
    queue({id, to: wanted.name, body: notificationBody(event, wanted, {...about, seq}), at, rollout, by: whoAmI()})
    if (entry !== undefined) receipts.note(wanted.name, rollout, entry)
  }

  return {
    of: tell,
    missed: ({to, event}) => {
      if (to === wanted.name) tell(event, event.entry ?? 0)
    },
    again: owed => {
      for (const one of owed) if (one.to === wanted.name) queue({...one, by: whoAmI()})
    },
    rest: () => {
      // Nothing up to here is owed, wanted or not.
      for (const [rollout, entry] of seen) receipts.note(wanted.name, rollout, entry)
      return last
    },
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
