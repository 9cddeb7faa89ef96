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

/** Who shares a contract with whom, both ways, and nobody with itself. */
export function neighboursOf(system: System): ReadonlyMap<ServiceName, readonly ServiceName[]> {
  const neighbours = new Map([...system.services.keys()].map(name => [name, new Set<ServiceName>()]))
  for (const {client, server} of edgesOf(system)) {
    if (client === server) continue
    neighbours.get(client)?.add(server)
    neighbours.get(server)?.add(client)
  }
  return new Map([...neighbours].map(([name, others]) => [name, [...others].sort(byText)]))
}

/** Every contract that some release or mode of the service calls. */
export function consumedBy(service: Service): ReadonlySet<ContractName> {
  return new Set(
    service.releases.flatMap(release => [release, ...release.modes]).flatMap(({consumes}) => [...consumes.keys()]),
  )
}
