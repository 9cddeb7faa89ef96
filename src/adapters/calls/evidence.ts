import {ok, type Result} from '../../core/base/result.ts'
import type {DurationMs, Instant} from '../../core/base/units.ts'
import type {ContractName} from '../../core/graph/system.ts'
import {usedOf} from '../../core/usage/used.ts'
import type {CallEvidence, Calls} from '../../ports/balancer.ts'
import type {Clock} from '../../ports/clock.ts'
import type {UsageRecord} from './record/record.ts'

export interface RecordedCallsOptions {
  readonly record: UsageRecord
  /** Logs that the file names: without each of them there is no evidence. */
  readonly expected: readonly string[]
  /** How long each contract must be quiet; calls that name no version count against it that long. */
  readonly quietMs: (contract: ContractName) => DurationMs
  readonly clock: Clock
}

/** What the record knows of one major, for the gate in front of dropping it. */
export function recordedCalls({record, expected, quietMs, clock}: RecordedCallsOptions): Calls {
  return {
    async evidence(contract, major) {
      const now = clock.now()
      const since = now - quietMs(contract)
      const all = await record.recorded()
      if (!all.ok) return all
      const recent = await record.recorded(since)
      if (!recent.ok) return recent
      const used = usedOf(all.value, {contract}, expected, now).contracts[0]
      const late = usedOf(recent.value, {contract}, expected, now).contracts[0]
      const version = used?.versions.find(found => found.major === major)
      const none = late?.versions.find(found => found.major === null)
      const unversioned = none && none.lastSeen >= since ? none.calls : 0
      const callers = version?.clients.filter(({lastSeen}) => lastSeen >= since).map(({client}) => client.name) ?? []
      const {since: coveredSince, reason} = used?.coverage ?? {}
      return ok({
        contract,
        major,
        calls: version?.calls ?? 0,
        unversioned,
        ...(unversioned > 0 && none ? {unversionedSeen: none.lastSeen} : {}),
        callers,
        ...(version ? {firstSeen: version.firstSeen, lastSeen: version.lastSeen} : {}),
        ...(coveredSince === undefined ? {} : {coveredSince}),
        uncovered: reason ?? `no log of ${contract} was read`,
      })
    },
  }
}

/** What two counters of the same calls know together: the later call, the shorter coverage, the more doubt. */
export function strictest(logs: Result<CallEvidence>, own: Result<CallEvidence>): Result<CallEvidence> {
  if (!logs.ok) return logs
  if (!own.ok) return own
  const [a, b] = [logs.value, own.value]
  const covered = a.coveredSince !== undefined && b.coveredSince !== undefined
  const lastSeen = latest(a.lastSeen, b.lastSeen)
  const firstSeen = a.firstSeen === undefined ? b.firstSeen : Math.min(a.firstSeen, b.firstSeen ?? a.firstSeen)
  const {coveredSince: _a, lastSeen: _b, firstSeen: _c, unversionedSeen: _d, callers, ...rest} = a
  // Whoever was named by a log is not named again by a counter that saw the same call.
  const named = callers?.length ? {callers} : b.clients ? {clients: b.clients} : {}
  return ok({
    ...rest,
    ...named,
    calls: Math.max(a.calls, b.calls),
    unversioned: Math.max(a.unversioned ?? 0, b.unversioned ?? 0),
    ...lastUnversioned([a, b]),
    ...(covered ? {coveredSince: Math.max(a.coveredSince, b.coveredSince)} : {}),
    ...(lastSeen === undefined ? {} : {lastSeen}),
    ...(firstSeen === undefined ? {} : {firstSeen}),
  })
}

/** Known only where every one that has such calls knows when. */
function lastUnversioned(both: readonly CallEvidence[]): Pick<CallEvidence, 'unversionedSeen'> {
  const seen = both.filter(({unversioned = 0}) => unversioned > 0).map(({unversionedSeen}) => unversionedSeen)
  const known = seen.filter(at => at !== undefined)
  return known.length === 0 || known.length < seen.length ? {} : {unversionedSeen: Math.max(...known)}
}

function latest(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  return a === undefined ? b : Math.max(a, b ?? a)
}
