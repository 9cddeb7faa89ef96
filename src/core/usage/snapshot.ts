import {byText} from '../base/order.ts'
import type {DurationMs, Instant} from '../base/units.ts'
import type {ContractName} from '../config/facts.ts'
import type {Gap} from './coverage.ts'
import type {Client} from './identity.ts'
import {HOUR_MS, type Row} from './tally.ts'

/** Counters that somebody else keeps, as they stand at one instant: calls since they began to count. */
export interface Snapshot {
  readonly at: Instant
  /** Another one means that whoever counts was started anew, and may count from 0. */
  readonly epoch: string
  readonly counts: readonly Count[]
  /** An entry that nobody calls is dropped after this time; absent where none ever is. */
  readonly expireMs?: DurationMs
  /** Since when every call was counted, where the counters tell it. */
  readonly since?: Instant
  /** Why the counters may not hold every call. */
  readonly doubt?: string
}

/** Calls of one client to one major. */
export interface Count {
  readonly contract: ContractName
  readonly major: number | null
  readonly client: Client
  readonly calls: number
  /** The last call, where the counters tell it. */
  readonly last?: Instant
}

/** What happened between two snapshots of one source. */
export interface Change {
  readonly rows: readonly Row[]
  readonly gaps: readonly Gap[]
}

/**
 * Counters only grow. Where one of them shrank, or is gone before its time, calls may be lost, and the time between the
 * two snapshots is a gap. After a restart the counters go on where they were if all of them are still there.
 */
export function changeOf(before: Snapshot | undefined, now: Snapshot): Change {
  const old = new Map((before?.counts ?? []).map(count => [keyOf(count), count]))
  const lost = before ? lostIn(before, now) : undefined
  const isAnew = before !== undefined && before.epoch !== now.epoch && lost !== undefined
  const rows = now.counts.flatMap(count => {
    const known = isAnew ? 0 : (old.get(keyOf(count))?.calls ?? 0)
    // What shrank was dropped in between and counted anew.
    const calls = count.calls >= known ? count.calls - known : count.calls
    return calls > 0 ? [rowOf(count, calls, before?.at ?? now.since, now.at)] : []
  })
  const from = before?.at ?? now.at
  const reasons = [lost, uncounted(from, now), now.doubt].filter(reason => reason !== undefined)
  return {rows, gaps: reasons.map(reason => ({from, to: now.at, reason}))}
}

function uncounted(from: Instant, {since = from}: Snapshot): string | undefined {
  return since > from ? `calls may have gone uncounted until ${new Date(since).toISOString()}` : undefined
}

function lostIn(before: Snapshot, now: Snapshot): string | undefined {
  const counts = new Map(now.counts.map(count => [keyOf(count), count.calls]))
  const isLost = (count: Count) => (counts.get(keyOf(count)) ?? -1) < count.calls && !hasExpired(count, now)
  if (!before.counts.some(isLost)) return undefined
  return before.epoch === now.epoch ? 'counters were cleared or dropped' : 'the counters began anew after a restart'
}

function hasExpired({last}: Count, {at, expireMs}: Snapshot): boolean {
  return expireMs !== undefined && last !== undefined && at - last >= expireMs
}

function rowOf({contract, major, client, last}: Count, calls: number, since: Instant | undefined, now: Instant): Row {
  const at = Math.min(last ?? now, now)
  const first = Math.min(since ?? at, at)
  return {contract, major, minor: null, client, hour: Math.floor(at / HOUR_MS), calls, errors: 0, first, last: at}
}

/** Counts of the same client and major as one, since two of its keys may come to one name. */
export function summedCounts(counts: readonly Count[]): readonly Count[] {
  const sums = new Map<string, Count>()
  for (const count of counts) {
    const known = sums.get(keyOf(count))
    const last = Math.max(known?.last ?? 0, count.last ?? 0)
    sums.set(keyOf(count), {
      ...count,
      calls: count.calls + (known?.calls ?? 0),
      ...(count.last !== undefined && {last}),
    })
  }
  return [...sums.values()]
}

function keyOf({contract, major, client}: Count): string {
  return `${contract} ${major} ${client.kind} ${client.name}`
}

/** A snapshot as text, to be kept until the next one. */
export function snapshotText({at, epoch, counts}: Snapshot): string {
  const sorted = [...counts].sort((a, b) => byText(keyOf(a), keyOf(b)))
  return JSON.stringify({at, epoch, counts: sorted})
}

/** What {@link snapshotText} wrote. */
export function snapshotFrom(text: string): Snapshot {
  return JSON.parse(text) as Snapshot
}
