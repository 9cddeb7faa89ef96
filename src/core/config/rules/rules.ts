import type {ContractName} from '../facts.ts'
import type {Finding} from '../shape/shape.ts'
import type {WrittenFile} from '../written/file.ts'
import {afterCycle} from './after-cycle.ts'
import {knownContracts} from './known-contracts.ts'
import {knownDrivers} from './known-drivers.ts'
import {knownEnvironments} from './known-environments.ts'
import {knownHooks} from './known-hooks.ts'
import {knownReleases} from './known-releases.ts'
import {knownServices} from './known-services.ts'
import {listenOnce} from './listen-once.ts'
import {oneServer} from './one-server.ts'
import {type Facts, type Known, serversOf} from './rule.ts'
import {servedContracts} from './served-contracts.ts'
import {strictExact} from './strict-exact.ts'
import {upgradesFromModes} from './upgrades-from-modes.ts'

/** Every rule between the parts of `sluice.yaml`. */
export function checkFile(file: WrittenFile, known: Known): Finding[] {
  const rules = [
    knownServices,
    knownReleases,
    knownContracts,
    knownDrivers,
    knownHooks,
    knownEnvironments,
    afterCycle,
    listenOnce,
  ]
  return [...rules.flatMap(rule => [...rule(file, known)]), ...checkFacts(file.services, file)]
}

/** The rules between the facts that the file itself knows. */
function checkFacts(facts: Facts, {contracts}: WrittenFile): Finding[] {
  const servers = serversOf(facts)
  const own = [...oneServer(facts, servers), ...strictExact(facts, strictOnes(contracts ?? new Map()))]
  const isComplete = [...facts.values()].every(service => service.repo === undefined)
  if (!isComplete) return own
  return [
    ...own,
    ...upgradesFromModes(facts),
    ...servedContracts(facts, new Set([...servers.keys(), ...(contracts?.keys() ?? [])])),
  ]
}

/** The contracts of which both sides name exact versions. */
export function strictOnes(contracts: ReadonlyMap<ContractName, {readonly compatibility?: string}>): Set<ContractName> {
  return new Set([...contracts].filter(([, {compatibility}]) => compatibility === 'strict').map(([name]) => name))
}
