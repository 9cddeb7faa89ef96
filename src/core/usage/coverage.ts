import type {Instant} from '../base/units.ts'
import type {ContractName} from '../config/facts.ts'
import type {LineCounts} from './scan/scanner.ts'

/** A stretch of time. */
export interface Stretch {
  readonly from: Instant
  readonly to: Instant
}

/** A time for which the record is not whole, and why. */
export interface Gap extends Stretch {
  readonly reason: string
}

/** What is known of one place that calls are counted at: a log, a listener, a balancer. */
export interface SourceRecord {
  readonly name: string
  /** The times that were read, in no order; they may overlap. */
  readonly stretches: readonly Stretch[]
  readonly gaps: readonly Gap[]
  /** The contracts that it has shown a call to, of any version. Of others it says nothing: it may be the log of another balancer. */
  readonly contracts: readonly ContractName[]
  readonly lines: LineCounts
  /** Requests that its balancer has counted, and lines that were read, since the two are compared. */
  readonly compared?: {readonly requests: number; readonly lines: number}
}

/** Since when, and until when, every call was counted; undefined with a reason where that cannot be said. */
export interface Coverage {
  readonly since?: Instant
  readonly until?: Instant
  /** Why there is none, or why it does not reach further back. */
  readonly reason?: string
}

/**
 * Two logs of one source that are no further apart belong together: at night nobody may call for a while. More than that
 * looks like a file that nobody read.
 */
export const SILENCE_MS = 3_600_000

/** How far one source covers the time up to now. */
export function coverageOf(source: SourceRecord, now: Instant): Coverage {
  const last = merged(source.stretches).at(-1)
  if (!last) return {reason: `${source.name} was never read`}
  if (now - last.to > SILENCE_MS) return {reason: `${source.name} was read up to ${iso(last.to)} only`}
  const gap = latest(source.gaps.filter(({to}) => to > last.from))
  if (!gap) return {since: last.from, until: last.to}
  return {
    // Of the hour that is under way, a gap goes to its end.
    since: Math.min(Math.max(last.from, gap.to), now),
    until: last.to,
    reason: `${source.name} has a gap until ${iso(gap.to)}: ${gap.reason}`,
  }
}

/**
 * How far the calls to one contract are covered: by every source that shows them together, and by every one that the
 * file names. The shortest decides.
 */
export function contractCoverage(
  contract: ContractName,
  sources: readonly SourceRecord[],
  expected: readonly string[],
  now: Instant,
): Coverage {
  const missing = expected.find(name => !sources.some(source => source.name === name))
  if (missing !== undefined) return {reason: `${missing} was never read`}
  const telling = sources.filter(source => source.contracts.includes(contract))
  if (telling.length === 0)
    return {reason: `no call to ${contract} was ever seen, of any version: its log may be another one`}
  const wanted = sources.filter(source => telling.includes(source) || expected.includes(source.name))
  const coverages = wanted.map(source => coverageOf(source, now))
  const none = coverages.find(coverage => coverage.since === undefined)
  if (none) return none
  return coverages.reduce((a, b) => ({
    ...((b.since ?? 0) > (a.since ?? 0) ? b : a),
    until: Math.min(a.until ?? now, b.until ?? now),
  }))
}

/** Stretches in order, those that are near each other as one. */
export function merged(stretches: readonly Stretch[]): readonly Stretch[] {
  const result: Stretch[] = []
  for (const stretch of [...stretches].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1)
    if (last && stretch.from - last.to <= SILENCE_MS)
      result[result.length - 1] = {from: last.from, to: Math.max(last.to, stretch.to)}
    else result.push(stretch)
  }
  return result
}

/** The times between the stretches, as gaps. */
export function silences({name, stretches}: SourceRecord): readonly Gap[] {
  const whole = merged(stretches)
  return whole
    .slice(1)
    .map((stretch, i) => ({from: whole[i]!.to, to: stretch.from, reason: `nothing of ${name} was read`}))
}

function latest(gaps: readonly Gap[]): Gap | undefined {
  return gaps.reduce<Gap | undefined>((a, b) => (a && a.to >= b.to ? a : b), undefined)
}

function iso(at: Instant): string {
  return new Date(at).toISOString()
}
