import {ok, type Result} from '../../core/base/result.ts'
import type {Instant} from '../../core/base/units.ts'
import {changeOf, snapshotFrom, snapshotText, type Snapshot} from '../../core/usage/snapshot.ts'
import type {Clock} from '../../ports/clock.ts'
import type {UsageRecord} from './record/record.ts'

/** Counters that somebody else keeps, and that are looked at now and then. */
export interface Counters {
  readonly source: string
  /** Who counts, where that stays the same under whatever name it is a source. */
  readonly who?: string
  readonly record: UsageRecord
  readonly clock: Clock
  readonly look: (now: Instant) => Promise<Result<Snapshot>>
}

const NO_LINES = {read: 0, matched: 0, unparsed: 0, notices: 0}

/** Writes down by how much the counters grew since the last look. Killed in between, the next look finds the same growth. */
export async function lookAgain({source, who = source, record, clock, look}: Counters): Promise<Result<void>> {
  const kept = await record.cursor(who)
  if (!kept.ok) return kept
  const before = kept.value === null ? undefined : snapshotFrom(kept.value)
  const now = await look(clock.now())
  if (!now.ok) return now
  const {rows, gaps} = changeOf(before, now.value)
  const done = await record.commit({
    source,
    rows,
    gaps,
    lines: NO_LINES,
    stretch: {run: 'counters', from: before?.at ?? now.value.since ?? now.value.at, to: now.value.at},
    cursor: {from: kept.value, to: snapshotText(now.value), of: who},
  })
  return done.ok ? ok(undefined) : done
}
