import {clock} from '../adapters/clock.ts'
import {holders, whoAmI} from '../adapters/holders.ts'
import type {Receipts} from '../adapters/receipts.ts'
import type {DurationMs} from '../core/base/units.ts'
import type {NotificationConfig} from '../core/config/config.ts'
import type {Event} from '../core/event/event.ts'
import {holderAt} from '../core/rollout/actor.ts'
import type {Entry, Who} from '../core/rollout/record.ts'
import type {Rollout, State} from '../ports/state.ts'

/** What is older says nothing that is still so. */
export const STALE_MS: DurationMs = 86_400_000

/** Whatever was missed further back is stale. */
const LOOKED_THROUGH = 20

/** Something that stands in the record, and of which a webhook was not told. */
export interface Missed {
  /** The webhook, as the file names it. */
  readonly to: string
  readonly event: Event
}

/**
 * What processes of this machine that are gone have written down, and were killed before they had put it into the outbox. Where the
 * record cannot be read, nothing is known to be missed.
 */
export async function missedIn(
  state: Pick<State, 'tails' | 'load'>,
  environment: string,
  wanted: readonly NotificationConfig[],
  receipts: Receipts,
): Promise<readonly Missed[]> {
  const now = clock.now()
  const hooks = wanted.map(({name, events}) => ({name, events, since: receipts.since(name, now)}))
  // Nothing so old is owed, with a receipt or without.
  receipts.forget(now - STALE_MS)
  const tails = await state.tails(environment, LOOKED_THROUGH)
  if (!tails.ok) return []
  const missed: Missed[] = []
  for (const {id, last} of tails.value.toReversed()) {
    const behind = hooks
      .map(one => ({...one, last: receipts.last(one.name, id)}))
      .filter(one => last.seq > one.last && last.at >= Math.max(one.since, now - STALE_MS))
    const rollout = behind.length > 0 ? await state.load(environment, id) : undefined
    if (!rollout?.ok) continue
    for (const one of behind) missed.push(...missedOf(rollout.value, one, now))
  }
  return missed
}

interface Behind {
  readonly name: string
  readonly events: NotificationConfig['events']
  readonly last: number
  readonly since: number
}

function missedOf({id, entries}: Rollout, {name, events, last, since}: Behind, now: number): readonly Missed[] {
  const isOwed = (entry: Entry) =>
    entry.seq > last && entry.at >= Math.max(since, now - STALE_MS) && isLeftBy(holderAt(entries, entry))
  return entries
    .filter(entry => events.includes(entry.record.code) && isOwed(entry))
    .map(({seq, at, record}) => ({to: name, event: {at, rollout: id, entry: seq, ...record}}))
}

/** Who lives tells it themselves, and so does another machine. */
function isLeftBy(who: Who | undefined): boolean {
  const me = whoAmI()
  return who?.host === me.host && (holders.isGone(who) || who.boot !== me.boot)
}
