import {ok, type Result} from '../../core/base/result.ts'
import type {Instant} from '../../core/base/units.ts'
import type {CounterConfig} from '../../core/config/config.ts'
import {compare, comparedFrom} from '../../core/usage/compared.ts'
import type {Clock} from '../../ports/clock.ts'
import type {UsageRecord} from './record/record.ts'
import {requestsAt} from './requests.ts'

/** A log, and the balancer that writes it and counts its requests. */
export interface Comparing {
  readonly source: string
  readonly counter: CounterConfig
  readonly record: UsageRecord
  readonly clock: Clock
}

/** A request may take this long from the counter to the line, by way of whatever writes the log. */
const APART_MS = 5000

/** Compares what was read of a log with what its balancer has counted, and writes a gap down where lines are missing. */
export async function compareLines({source, counter, record, clock}: Comparing): Promise<Result<void>> {
  const kept = await record.cursor(source)
  if (!kept.ok) return kept
  const before = kept.value === null ? undefined : comparedFrom(kept.value)
  if (before && clock.now() - before.last.at < APART_MS) return ok(undefined)
  const counted = await requestsAt(counter)
  if (!counted.ok) return counted
  const now = clock.now()
  const known = await record.recorded(now)
  if (!known.ok) return known
  const {read = 0, notices = 0} = known.value.sources.find(({name}) => name === source)?.lines ?? {}
  const {compared, gap} = compare(before, {...counted.value, at: now, lines: read - notices})
  return record.commit({
    source,
    rows: [],
    lines: {read: 0, matched: 0, unparsed: 0, notices: 0},
    gaps: gap ? [gap] : [],
    cursor: {from: kept.value, to: JSON.stringify(compared)},
  })
}

/** When the source was compared last. */
export async function comparedAt(record: UsageRecord, source: string): Promise<Result<Instant | undefined>> {
  const kept = await record.cursor(source)
  if (!kept.ok) return kept
  return ok(kept.value === null ? undefined : comparedFrom(kept.value)?.last.at)
}
