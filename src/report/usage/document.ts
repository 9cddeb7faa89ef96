import type {Instant} from '../../core/base/units.ts'
import type {Coverage, Gap, SourceRecord} from '../../core/usage/coverage.ts'
import {silences} from '../../core/usage/coverage.ts'
import type {EvidenceKind} from '../../core/config/config.ts'
import type {LineCounts} from '../../core/usage/scan/scanner.ts'
import type {Used, UsedClient, UsedVersion} from '../../core/usage/used.ts'

/** What `usage --json` prints. Times are ISO 8601 in UTC. */
export interface UsageDocument {
  readonly contracts: readonly {
    readonly contract: string
    /** Since when, and until when, no call was missed; without it, why that cannot be said. */
    readonly coverage: {readonly since?: string; readonly until?: string; readonly reason?: string}
    readonly gaps: readonly GapDocument[]
    readonly versions: readonly VersionDocument[]
  }[]
  readonly lines: LineCounts
  readonly sources: readonly {
    readonly source: string
    readonly lines: LineCounts
    /** Requests that the balancer itself has counted, and lines that were read, since the two are compared. */
    readonly compared?: {readonly requests: number; readonly lines: number}
    readonly gaps: readonly GapDocument[]
  }[]
}

interface GapDocument {
  readonly from: string
  readonly to: string
  readonly reason: string
}

interface VersionDocument {
  /** Null: calls that look like the contract and name no version. */
  readonly major: number | null
  readonly minors: readonly number[]
  readonly calls: number
  readonly errors: number
  readonly firstSeen: string
  readonly lastSeen: string
  readonly clients: readonly {
    readonly client: string
    readonly evidence: EvidenceKind | 'unknown' | 'overflow'
    readonly calls: number
    readonly errors: number
    readonly firstSeen: string
    readonly lastSeen: string
  }[]
  readonly trend: readonly {readonly day: string; readonly calls: number}[]
}

export function usageDocument({contracts, lines, sources}: Used): UsageDocument {
  return {
    contracts: contracts.map(({contract, coverage, gaps, versions}) => ({
      contract,
      coverage: coverageDocument(coverage),
      gaps: gaps.map(gapDocument),
      versions: versions.map(versionDocument),
    })),
    lines,
    sources: sources.map(sourceDocument),
  }
}

function sourceDocument(source: SourceRecord): UsageDocument['sources'][number] {
  const {name, lines, compared, gaps} = source
  return {source: name, lines, ...(compared && {compared}), gaps: [...gaps, ...silences(source)].map(gapDocument)}
}

function versionDocument({
  major,
  minors,
  calls,
  errors,
  firstSeen,
  lastSeen,
  clients,
  trend,
}: UsedVersion): VersionDocument {
  return {
    major,
    minors,
    calls,
    errors,
    firstSeen: iso(firstSeen),
    lastSeen: iso(lastSeen),
    clients: clients.map(clientDocument),
    trend: trend.map(({day, calls}) => ({day: iso(day).slice(0, 10), calls})),
  }
}

function clientDocument({client, calls, errors, firstSeen, lastSeen}: UsedClient): VersionDocument['clients'][number] {
  return {client: client.name, evidence: client.kind, calls, errors, firstSeen: iso(firstSeen), lastSeen: iso(lastSeen)}
}

function coverageDocument({since, until, reason}: Coverage) {
  return {
    ...(since === undefined ? {} : {since: iso(since)}),
    ...(until === undefined ? {} : {until: iso(until)}),
    ...(reason === undefined ? {} : {reason}),
  }
}

function gapDocument({from, to, reason}: Gap): GapDocument {
  return {from: iso(from), to: iso(to), reason}
}

function iso(at: Instant): string {
  return new Date(at).toISOString()
}
