import {byText} from '../base/order.ts'
import type {Instant} from '../base/units.ts'
import type {ContractName} from '../config/facts.ts'
import {contractCoverage, silences, type Coverage, type Gap, type SourceRecord} from './coverage.ts'
import type {Client} from './identity.ts'
import type {LineCounts} from './scan/scanner.ts'

/** Calls of one client to one version, over all the time that was asked for. */
export interface Total {
  readonly contract: ContractName
  /** Null: the calls look like the contract, and name no version. */
  readonly major: number | null
  readonly minor: number | null
  readonly client: Client
  readonly calls: number
  readonly errors: number
  readonly first: Instant
  readonly last: Instant
}

/** Calls to one version within one day. */
export interface DayCount {
  readonly contract: ContractName
  readonly major: number | null
  /** When the day begins, in UTC. */
  readonly day: Instant
  readonly calls: number
}

/** All that the record holds on the time that was asked for. */
export interface Recorded {
  readonly totals: readonly Total[]
  readonly days: readonly DayCount[]
  readonly sources: readonly SourceRecord[]
}

/** Who uses what: the answer of `sluice usage`. */
export interface Used {
  readonly contracts: readonly UsedContract[]
  readonly lines: LineCounts
  readonly sources: readonly SourceRecord[]
}

export interface UsedContract {
  readonly contract: ContractName
  readonly versions: readonly UsedVersion[]
  readonly coverage: Coverage
  readonly gaps: readonly Gap[]
}

export interface UsedVersion {
  readonly major: number | null
  readonly minors: readonly number[]
  readonly calls: number
  readonly errors: number
  readonly firstSeen: Instant
  readonly lastSeen: Instant
  /** Most calls first. Whoever is here breaks if the version goes today. */
  readonly clients: readonly UsedClient[]
  /** By day, oldest first, without a hole; empty where one client was asked for. */
  readonly trend: readonly {readonly day: Instant; readonly calls: number}[]
}

export interface UsedClient {
  readonly client: Client
  readonly calls: number
  readonly errors: number
  readonly firstSeen: Instant
  readonly lastSeen: Instant
}

/** What to leave out. */
export interface UsageFilter {
  readonly contract?: ContractName
  readonly major?: number
  /** The client's name, or a part of it where nobody has just that name. */
  readonly client?: string
}

export const DAY_MS = 86_400_000

export function usedOf(recorded: Recorded, filter: UsageFilter, expected: readonly string[], now: Instant): Used {
  const totals = byClient(
    recorded.totals.filter(total => isWanted(total, filter)),
    filter.client,
  )
  const names = [...new Set(totals.map(total => total.contract))].sort(byText)
  return {
    contracts: names.map(contract => ({
      contract,
      versions: versionsOf(
        totals.filter(total => total.contract === contract),
        // Days are not kept by client.
        filter.client === undefined ? recorded.days.filter(day => day.contract === contract) : [],
      ),
      coverage: contractCoverage(contract, recorded.sources, expected, now),
      gaps: recorded.sources
        .filter(source => source.contracts.includes(contract))
        .flatMap(source => [...source.gaps, ...silences(source)]),
    })),
    lines: linesOf(recorded.sources),
    sources: recorded.sources,
  }
}

function isWanted(total: Total, {contract, major}: UsageFilter): boolean {
  return (contract === undefined || total.contract === contract) && (major === undefined || total.major === major)
}

function byClient(totals: readonly Total[], text: string | undefined): readonly Total[] {
  if (text === undefined) return totals
  const exact = totals.filter(({client}) => client.name === text)
  return exact.length > 0 ? exact : totals.filter(({client}) => client.name.toLowerCase().includes(text.toLowerCase()))
}

function versionsOf(totals: readonly Total[], days: readonly DayCount[]): readonly UsedVersion[] {
  const majors = [...new Set(totals.map(total => total.major))].sort((a, b) => (a ?? -1) - (b ?? -1))
  return majors.map(major => {
    const those = totals.filter(total => total.major === major)
    const minors = new Set(those.map(total => total.minor).filter(minor => minor !== null))
    return {
      major,
      minors: [...minors].sort((a, b) => a - b),
      ...summed(those),
      clients: clientsOf(those),
      trend: trendOf(days.filter(day => day.major === major)),
    }
  })
}

function summed(totals: readonly Total[]) {
  return {
    calls: totals.reduce((sum, total) => sum + total.calls, 0),
    errors: totals.reduce((sum, total) => sum + total.errors, 0),
    firstSeen: totals.reduce((first, total) => Math.min(first, total.first), Number.POSITIVE_INFINITY),
    lastSeen: totals.reduce((last, total) => Math.max(last, total.last), Number.NEGATIVE_INFINITY),
  }
}

function clientsOf(totals: readonly Total[]): readonly UsedClient[] {
  return [...grouped(totals).values()]
    .map(those => ({client: those[0]!.client, ...summed(those)}))
    .sort((a, b) => b.calls - a.calls || byText(a.client.name, b.client.name))
}

function keyOf({client}: Total): string {
  return `${client.kind} ${client.name}`
}

function grouped(totals: readonly Total[]): ReadonlyMap<string, readonly Total[]> {
  const groups = new Map<string, Total[]>()
  for (const total of totals) {
    const group = groups.get(keyOf(total))
    if (group) group.push(total)
    else groups.set(keyOf(total), [total])
  }
  return groups
}

/** Days without a call are there too, with 0. */
function trendOf(days: readonly DayCount[]): UsedVersion['trend'] {
  const calls = new Map<Instant, number>()
  for (const {day, calls: more} of days) calls.set(day, (calls.get(day) ?? 0) + more)
  const first = Math.min(...calls.keys())
  const last = Math.max(...calls.keys())
  const length = calls.size === 0 ? 0 : (last - first) / DAY_MS + 1
  return Array.from({length}, (_, i) => first + i * DAY_MS).map(day => ({day, calls: calls.get(day) ?? 0}))
}

function linesOf(sources: readonly SourceRecord[]): LineCounts {
  const sum = (of: (lines: LineCounts) => number) => sources.reduce((all, {lines}) => all + of(lines), 0)
  return {
    read: sum(lines => lines.read),
    matched: sum(lines => lines.matched),
    unparsed: sum(lines => lines.unparsed),
    notices: sum(lines => lines.notices),
  }
}
