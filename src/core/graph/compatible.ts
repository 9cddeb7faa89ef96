import type {ContractName, Service, ServiceName, Speech, System} from './system.ts'
import {versions, type Strictness} from './versions.ts'

/** A contract that is served within the system. */
export interface Line {
  readonly contract: ContractName
  readonly server: ServiceName
  readonly strictness: Strictness
}

/**
 * The one judgement on a system, for those who ask it of every state of every service. Names and texts become numbers
 * once; whether a range meets what is provided is found out once for each two texts.
 */
export interface Hearing {
  /** By number. */
  readonly lines: readonly Line[]
  /** The number of a contract's line; undefined for a contract that is served from outside of the system. */
  readonly lineOf: (contract: ContractName) => number | undefined
  /** The number of a range that is called. */
  readonly rangeOf: (range: string) => number
  /** The number of what is provided on a line; -1 for nothing, as by a server that is not deployed. */
  readonly offerOf: (speech: Speech | null, line: number) => number
  /** Whether some version or range that is provided intersects the range that is called. */
  readonly meet: (offer: number, range: number, strictness: Strictness) => boolean
}

/** A system never changes, and is asked by everybody. */
export function hearingIn(system: System): Hearing {
  const known = hearings.get(system) ?? hearing(system)
  hearings.set(system, known)
  return known
}

const hearings = new WeakMap<System, Hearing>()

function hearing(system: System): Hearing {
  const {provided, consumed, meet} = versions()
  const lines: Line[] = []
  const numbers = new Map<ContractName, number>()
  serversOf(system).forEach((servers, contract) => {
    numbers.set(contract, lines.length)
    const strictness = system.contracts.get(contract)?.compatibility ?? 'tolerant'
    lines.push({contract, server: servers[0] as ServiceName, strictness})
  })
  return {
    lines,
    lineOf: contract => numbers.get(contract),
    rangeOf: consumed,
    offerOf: (speech, line) => {
      const texts = speech?.provides.get((lines[line] as Line).contract)
      return texts ? provided(texts) : -1
    },
    meet: (offer, range, strictness) => offer >= 0 && meet(offer, range, strictness),
  }
}

/** Whether a client in one state and a server in another work together on a contract; null is a server that is not deployed. */
export type Compatible = (client: Speech, server: Speech | null, contract: ContractName) => boolean

/** The same judgement, on one contract. A client that does not call it, or calls it elsewhere, is content with anything. */
export function compatibleIn(system: System): Compatible {
  const {lines, lineOf, rangeOf, offerOf, meet} = hearingIn(system)
  return (client, server, contract) => {
    const range = client.consumes.get(contract)
    const line = lineOf(contract)
    if (range === undefined || line === undefined) return true
    return meet(offerOf(server, line), rangeOf(range), (lines[line] as Line).strictness)
  }
}

/**
 * Who serves each contract: the service that provides it in any release or mode. A contract that is not in here is
 * outside the system. A contract has one server; where a file names two, they are all listed, for the file to be refused.
 */
export function serversOf(system: System): Servers {
  const known = servers.get(system) ?? lookForServers(system)
  servers.set(system, known)
  return known
}

export type Servers = ReadonlyMap<ContractName, readonly ServiceName[]>

const servers = new WeakMap<System, Servers>()

function lookForServers(system: System): Servers {
  const servers = new Map<ContractName, ServiceName[]>()
  for (const service of system.services.values()) {
    eachProvided(service, contract => {
      const named = servers.get(contract)
      if (!named) servers.set(contract, [service.name])
      else if (named.at(-1) !== service.name) named.push(service.name)
    })
  }
  return servers
}

function eachProvided({releases}: Service, visit: (contract: ContractName) => void): void {
  for (const {provides, modes} of releases) {
    provides.forEach((_, contract) => visit(contract))
    for (const mode of modes) mode.provides.forEach((_, contract) => visit(contract))
  }
}
