import type {ContractName} from '../../../../core/graph/system.ts'
import {UNKNOWN} from '../../../../core/usage/identity.ts'
import {summedCounts, type Count} from '../../../../core/usage/snapshot.ts'
import type {CountedCalls} from '../../../../ports/balancer.ts'
import {clientIn} from './caller.ts'
import type {ContractTally, MajorTally, Tallies} from './tallies.ts'

/** All counters by version and client; what several services show of a contract is summed up. */
export function countedIn(tallies: Tallies): CountedCalls {
  const all = Object.values(tallies).flatMap(contracts => Object.entries(contracts))
  if (all.length === 0) return {counts: []}
  return {
    // The youngest decides, since one instant has to be true of them all.
    since: Math.max(...all.map(([, {coveredSince}]) => coveredSince)),
    counts: summedCounts(all.flatMap(([contract, tally]) => countsOf(contract, tally))),
  }
}

function countsOf(contract: ContractName, {majors, none, unversioned}: ContractTally): readonly Count[] {
  const named = Object.entries(majors).flatMap(([major, tally]) => byClient({contract, major: Number(major)}, tally))
  const unnamed = none ? byClient({contract, major: null}, none) : []
  const before = unversioned > 0 ? [{contract, major: null, client: UNKNOWN, calls: unversioned}] : []
  return [...named, ...unnamed, ...before]
}

/** Calls of nobody that is known are there too, so that the sums agree. */
function byClient(version: Pick<Count, 'contract' | 'major'>, tally: MajorTally): readonly Count[] {
  const clients = Object.entries(tally.clients ?? {})
  const rest = clients.reduce((left, [, {calls}]) => left - calls, tally.calls)
  const known = clients.map(([key, {calls, lastSeen: last}]) => ({...version, client: clientIn(key), calls, last}))
  return rest > 0 ? [...known, {...version, client: UNKNOWN, calls: rest, last: tally.lastSeen}] : known
}
