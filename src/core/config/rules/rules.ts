import type {Overridden} from '../config-of.ts'
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

/** Every rule between the parts of `sluice.yaml`, and once more for each environment that has services of its own. */
export function checkFile(file: WrittenFile, known: Known, overridden: Overridden): Finding[] {
  const environments = [...(file.environments ?? [])]
  const isOwn = ([name]: readonly [string, unknown]) => (overridden.get(name)?.size ?? 0) > 0
  const others = {...file, environments: new Map(environments.filter(each => !isOwn(each)))}
  const rules = [knownServices, knownDrivers, knownHooks, knownEnvironments, afterCycle, listenOnce]
  return [
    ...rules.flatMap(rule => [...rule(file, known)]),
    ...[knownReleases, knownContracts].flatMap(rule => [...rule(others, known)]),
    ...checkFacts(file.services, file),
    ...environments.filter(isOwn).flatMap(([name, environment]) => {
      const own = overridden.get(name)
      const services = new Map([...file.services].map(([service, written]) => [service, own?.get(service) ?? written]))
      return checkThere({...file, services, environments: new Map([[name, environment]])}, known, name)
    }),
  ]
}

/** The rules that an override may break, on the file as it is in one environment. */
function checkThere(file: WrittenFile, known: Known, environment: string): Finding[] {
  const found = [
    ...[knownServices, knownReleases, knownContracts, afterCycle].flatMap(rule => [...rule(file, known)]),
    ...checkFacts(file.services, file),
  ]
  return found.map(one =>
    one.path[0] === 'services' ? {...one, path: ['environments', environment, ...one.path]} : one,
  )
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
