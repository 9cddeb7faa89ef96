import type {IncomingHttpHeaders} from 'node:http'
import type {Instant} from '../../../../core/base/units.ts'
import type {EvidenceKind} from '../../../../core/config/config.ts'
import {type Classify, classifier, type Seen} from '../../../../core/usage/calls.ts'
import {OVERFLOW} from '../../../../core/usage/identity.ts'
import type {CallEvidence, WatchedCalls} from '../../../../ports/balancer.ts'
import {callerKeys, keyOf, nameIn} from './caller.ts'

/** Calls to one contract through one service. Plain data, kept as JSON. */
export interface ContractTally {
  /** How calls were told when these were counted. */
  readonly pattern: string
  /** Since when no call went uncounted. */
  coveredSince: Instant
  /** Calls that name no version. */
  unversioned: number
  readonly majors: Record<string, MajorTally>
}

interface MajorTally {
  calls: number
  readonly firstSeen: Instant
  lastSeen: Instant
  /** By kind of evidence and name, since a name alone could be `__proto__`. Files of before have none. */
  clients?: Record<string, ClientTally>
}

interface ClientTally {
  calls: number
  lastSeen: Instant
}

/** More are counted together, under a name that says so. */
const MOST_CLIENTS = 1000

/** All that is counted: service -> contract -> counts. */
export type Tallies = Record<string, Record<string, ContractTally>>

/** What counts of a request. Nothing of it is looked at where nothing is watched. */
export interface SeenRequest {
  readonly url?: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly socket: {readonly remoteAddress?: string | undefined}
}

/** Counts calls per contract version. */
export interface Tally {
  /** From now on these contracts are looked for in the traffic of a service. */
  watch(service: string, calls: readonly WatchedCalls[]): void
  /** Counts one request, and says what it calls. */
  saw(service: string, request: SeenRequest): readonly Seen[]
  evidence(contract: string, major: number): CallEvidence
  dump(): Tallies
}

/** @param kept what was counted before, with its coverage already cut where there may be a gap */
export function createTally(now: () => Instant, kept: Tallies): Tally {
  const tallies = kept
  const watching = new Map<string, {written: string; classify: Classify; order: readonly EvidenceKind[]}>()
  const callerOf = callerKeys()

  return {
    watch(service, calls) {
      const written = JSON.stringify(calls)
      if (watching.get(service)?.written === written) return
      const contracts = calls.map(({contract, pattern}) => ({name: contract, calls: pattern, backends: []}))
      if (calls.length === 0) watching.delete(service)
      else watching.set(service, {written, classify: classifier(contracts), order: calls[0]?.clients ?? []})
      tallies[service] = renewed(tallies[service] ?? {}, calls, now())
    },
    saw(service, request) {
      const watched = watching.get(service)
      if (!watched) return NOTHING
      const {url: target = '/', headers} = request
      const seen = watched.classify({target, header: name => oneText(headers[name])})
      if (seen.length === 0) return seen
      const at = now()
      const client = callerOf(watched.order, request)
      for (const {contract, major} of seen) {
        const tally = tallies[service]?.[contract]
        if (tally) count(tally, major, at, client)
      }
      return seen
    },
    evidence: (contract, major) =>
      merged(
        contract,
        major,
        Object.values(tallies).flatMap(all => all[contract] ?? []),
      ),
    dump: () => tallies,
  }
}

/** Counts of contracts that are still watched go on; where calls are told in another way, the coverage starts again. */
function renewed(
  before: Record<string, ContractTally>,
  calls: readonly WatchedCalls[],
  now: Instant,
): Record<string, ContractTally> {
  const after: Record<string, ContractTally> = {}
  for (const {contract, pattern} of calls) {
    const written = JSON.stringify(pattern)
    const known = before[contract]
    const coveredSince = known?.pattern === written ? known.coveredSince : now
    after[contract] = {unversioned: 0, majors: {}, ...known, pattern: written, coveredSince}
  }
  return after
}

function count(tally: ContractTally, major: number | null, at: Instant, client: string | undefined): void {
  if (major === null) {
    tally.unversioned++
    return
  }
  const known = (tally.majors[major] ??= {calls: 0, firstSeen: at, lastSeen: at})
  known.calls++
  known.lastSeen = at
  if (client !== undefined) countClient((known.clients ??= {}), client, at)
}

function countClient(clients: Record<string, ClientTally>, key: string, at: Instant): void {
  const isOver = !Object.hasOwn(clients, key) && isFull(clients)
  const kept = isOver ? BEYOND : key
  const known = (clients[kept] ??= {calls: 0, lastSeen: at})
  known.calls++
  known.lastSeen = at
}

const BEYOND = keyOf(OVERFLOW)

function isFull(clients: Record<string, ClientTally>): boolean {
  return Object.hasOwn(clients, BEYOND) || Object.keys(clients).length >= MOST_CLIENTS
}

function clientsIn(majors: readonly MajorTally[]): CallEvidence['clients'] {
  const all = majors.flatMap(({clients = {}}) => Object.entries(clients))
  return all.sort(([, a], [, b]) => b.calls - a.calls).map(([key, {lastSeen}]) => ({name: nameIn(key), lastSeen}))
}

const NOTHING: readonly Seen[] = []

/** A contract that several services show is covered only since all of them were counted. */
function merged(contract: string, major: number, tallies: readonly ContractTally[]): CallEvidence {
  const majors = tallies.map(tally => tally.majors[major]).filter(tally => tally !== undefined)
  const calls = majors.reduce((sum, tally) => sum + tally.calls, 0)
  if (tallies.length === 0) return {contract, major, calls}
  const seen = {
    coveredSince: Math.max(...tallies.map(tally => tally.coveredSince)),
    unversioned: tallies.reduce((sum, tally) => sum + tally.unversioned, 0),
  }
  if (majors.length === 0) return {contract, major, calls, ...seen}
  const firstSeen = Math.min(...majors.map(tally => tally.firstSeen))
  const lastSeen = Math.max(...majors.map(tally => tally.lastSeen))
  return {contract, major, calls, ...seen, firstSeen, lastSeen, clients: clientsIn(majors) ?? []}
}

function oneText(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'object' ? value.join(', ') : value
}
