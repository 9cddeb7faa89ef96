import type {Finding} from '../shape/shape.ts'
import type {WrittenFile} from '../written/file.ts'
import {afterCycle} from './after-cycle.ts'
import {knownContracts} from './known-contracts.ts'
import {knownDrivers} from './known-drivers.ts'
import {knownReleases} from './known-releases.ts'
import {knownServices} from './known-services.ts'
import {oneServer} from './one-server.ts'
import type {Facts, Known} from './rule.ts'
import {servedContracts} from './served-contracts.ts'
import {strictExact} from './strict-exact.ts'
import {upgradesFromModes} from './upgrades-from-modes.ts'

/** Every rule between the parts of `sluice.yaml`. */
export function checkFile(file: WrittenFile, known: Known): Finding[] {
  const rules = [knownServices, knownReleases, knownContracts, knownDrivers, afterCycle]
  return [...rules.flatMap(rule => [...rule(file, known)]), ...checkFacts(file.services, file)]
}

/** The rules between the facts of releases; where all of them are known, whatever they come from. */
export function checkFacts(facts: Facts, {contracts}: Pick<WrittenFile, 'contracts'>): Finding[] {
  const complete = [...facts.values()].every(service => service.repo === undefined)
  return [
    ...oneServer(facts),
    ...strictExact(facts, contract => contracts?.get(contract)?.compatibility === 'strict'),
    ...(complete ? upgradesFromModes(facts) : []),
    ...(complete ? servedContracts(facts, new Set(contracts?.keys())) : []),
  ]
}
