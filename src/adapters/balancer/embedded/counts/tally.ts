import type {IncomingHttpHeaders} from 'node:http'
import type {Instant} from '../../../../core/base/units.ts'
import type {EvidenceKind} from '../../../../core/config/config.ts'
import type {Classify, Seen} from '../../../../core/usage/calls.ts'
import {OVERFLOW} from '../../../../core/usage/identity.ts'
import {readyWatch} from '../../../../core/usage/watch.ts'
import type {CallEvidence, CountedCalls, WatchedCalls} from '../../../../ports/balancer.ts'
import {callerKeys, keyOf} from './caller.ts'
import {countedIn} from './counted.ts'
import {merged} from './evidence.ts'
import type {ClientTally, ContractTally, Tallies} from './tallies.ts'

/** More are counted together, under a name that says so. */
const MOST_CLIENTS = 1000

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
  counted(): CountedCalls
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
      else {
        const {classify} = readyWatch({contracts, ignorePaths: calls[0]?.ignore ?? []})
        watching.set(service, {written, classify, order: calls[0]?.clients ?? []})
      }
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
    counted: () => countedIn(tallies),
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
  const known =
    major === null
      ? (tally.none ??= {calls: 0, firstSeen: at, lastSeen: at})
      : (tally.majors[major] ??= {calls: 0, firstSeen: at, lastSeen: at})
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

const NOTHING: readonly Seen[] = []

function oneText(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'object' ? value.join(', ') : value
}
