import type {ContractName, Service, ServiceName, Speech, System} from './system.ts'
import {versions, type Strictness} from './versions.ts'

/** Whether a client in one state and a server in another work together on a contract; null is a server that is not deployed. */
export type Compatible = (client: Speech, server: Speech | null, contract: ContractName) => boolean

/**
 * The one judgement on a system: some version or range that the server provides intersects the range that the client
 * consumes. A client that does not consume the contract is content with anything.
 */
export function compatibleIn(system: System): Compatible {
  const {provided, consumed, meet} = versions()
  return (client, server, contract) => {
    const wanted = client.consumes.get(contract)
    if (wanted === undefined) return true
    const offered = server?.provides.get(contract)
    return offered !== undefined && meet(provided(offered), consumed(wanted), strictnessOf(system, contract))
  }
}

export function strictnessOf(system: System, contract: ContractName): Strictness {
  return system.contracts.get(contract)?.compatibility ?? 'tolerant'
}

/**
 * Who serves each contract: the service that provides it in any release or mode. A contract that is not in here is
 * outside the system. A contract has one server; where a file names two, they are all listed, for the file to be refused.
 */
export function serversOf(system: System): Servers {
  const servers = known.get(system) ?? lookForServers(system)
  known.set(system, servers)
  return servers
}

export type Servers = ReadonlyMap<ContractName, readonly ServiceName[]>

/** A system never changes, and is asked by everybody. */
const known = new WeakMap<System, Servers>()

function lookForServers(system: System): Servers {
  const servers = new Map<ContractName, ServiceName[]>()
  for (const service of system.services.values()) {
    for (const contract of contractsProvidedBy(service)) {
      const known = servers.get(contract)
      if (known) known.push(service.name)
      else servers.set(contract, [service.name])
    }
  }
  return servers
}

function contractsProvidedBy(service: Service): ReadonlySet<ContractName> {
  const contracts = new Set<ContractName>()
  for (const release of service.releases) {
    for (const contract of release.provides.keys()) contracts.add(contract)
    for (const mode of release.modes) for (const contract of mode.provides.keys()) contracts.add(contract)
  }
  return contracts
}
