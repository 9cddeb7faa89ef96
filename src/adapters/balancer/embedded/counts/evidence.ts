import type {CallEvidence} from '../../../../ports/balancer.ts'
import {nameIn} from './caller.ts'
import type {ContractTally, MajorTally} from './tallies.ts'

/** A contract that several services show is covered only since all of them were counted. */
export function merged(contract: string, major: number, tallies: readonly ContractTally[]): CallEvidence {
  const majors = tallies.map(tally => tally.majors[major]).filter(tally => tally !== undefined)
  const calls = majors.reduce((sum, tally) => sum + tally.calls, 0)
  if (tallies.length === 0) return {contract, major, calls}
  const seen = {
    coveredSince: Math.max(...tallies.map(tally => tally.coveredSince)),
    ...unversionedIn(tallies),
  }
  if (majors.length === 0) return {contract, major, calls, ...seen}
  const firstSeen = Math.min(...majors.map(tally => tally.firstSeen))
  const lastSeen = Math.max(...majors.map(tally => tally.lastSeen))
  return {contract, major, calls, ...seen, firstSeen, lastSeen, clients: clientsIn(majors) ?? []}
}

/** Of calls that an older process counted, nobody knows when they came. */
function unversionedIn(tallies: readonly ContractTally[]): Pick<CallEvidence, 'unversioned' | 'unversionedSeen'> {
  const none = tallies.flatMap(tally => tally.none ?? [])
  const undated = tallies.reduce((sum, tally) => sum + tally.unversioned, 0)
  const unversioned = none.reduce((sum, {calls}) => sum + calls, undated)
  if (undated > 0 || none.length === 0) return {unversioned}
  return {unversioned, unversionedSeen: Math.max(...none.map(({lastSeen}) => lastSeen))}
}

function clientsIn(majors: readonly MajorTally[]): CallEvidence['clients'] {
  const all = majors.flatMap(({clients = {}}) => Object.entries(clients))
  return all.sort(([, a], [, b]) => b.calls - a.calls).map(([key, {lastSeen}]) => ({name: nameIn(key), lastSeen}))
}
