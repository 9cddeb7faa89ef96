import {byText} from '../base/order.ts'
import {serversOf} from './compatible.ts'
import type {ContractName, Service, ServiceName, System} from './system.ts'

/** A service calls another one by a contract, in some release or mode of it. */
export interface Edge {
  readonly client: ServiceName
  readonly server: ServiceName
  readonly contract: ContractName
}

/** Who calls whom, by client, server and contract. Calls to contracts that nobody in the system serves are left out. */
export function edgesOf(system: System): readonly Edge[] {
  const servers = serversOf(system)
  return [...system.services.values()]
    .flatMap(service =>
      [...consumedBy(service)].flatMap(contract =>
        (servers.get(contract) ?? []).map(server => ({client: service.name, server, contract})),
      ),
    )
    .sort((a, b) => byText(a.client, b.client) || byText(a.server, b.server) || byText(a.contract, b.contract))
}

/** Who shares a contract with whom, both ways, and nobody with itself; each with the first contract by name. */
export function neighboursOf(system: System): ReadonlyMap<ServiceName, ReadonlyMap<ServiceName, ContractName>> {
  const neighbours = new Map([...system.services.keys()].map(name => [name, new Map<ServiceName, ContractName>()]))
  for (const {client, server, contract} of edgesOf(system)) {
    if (client === server) continue
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      const known = neighbours.get(one)
      if (known && !known.has(other)) known.set(other, contract)
    }
  }
  return neighbours
}

/** Every contract that some release or mode of the service calls. */
export function consumedBy(service: Service): ReadonlySet<ContractName> {
  return new Set(
    service.releases.flatMap(release => [release, ...release.modes]).flatMap(({consumes}) => [...consumes.keys()]),
  )
}
