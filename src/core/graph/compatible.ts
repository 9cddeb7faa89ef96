import type {ContractName, Service, ServiceName, Speech, System} from './system.ts'
import {versions, type Strictness} from './versions.ts'

/** A contract that is served within the system. */
export interface Line {
  /** Counts the lines of a system from 0. */
  readonly number: number
  readonly contract: ContractName
  readonly server: ServiceName
  readonly strictness: Strictness
}

/** What one speech calls within the system: on each of these lines the range of that number. */
export interface Calls {
  readonly lines: readonly Line[]
  readonly ranges: readonly number[]
}

/**
 * The one judgement on a system, for those who ask it of every state of every service. Names and texts become numbers
 * once; whether a range meets what is provided is found out once for each two texts.
 */
export interface Hearing {
  readonly callsOf: (speech: Speech) => Calls
  /** The number of what is provided on a line; -1 for nothing, as by a server that is not deployed. */
  readonly offerOf: (speech: Speech | null, line: Line) => number
  /** Whether some version or range that is provided intersects the range that is called. */
  readonly meet: (offer: number, range: number, line: Line) => boolean
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
  const lineOf = linesIn(system)
  const known = new Map<Speech, Calls>()
  const look = ({consumes}: Speech): Calls => {
    const lines = new Array<Line>(consumes.size)
    const ranges = new Array<number>(consumes.size)
    let count = 0
    consumes.forEach((range, contract) => {
      const line = lineOf(contract)
      if (!line) return
      lines[count] = line
      ranges[count++] = consumed(range)
    })
    lines.length = ranges.length = count
    return {lines, ranges}
  }
  return {
    callsOf: speech => {
      const calls = known.get(speech)
      if (calls) return calls
      const found = look(speech)
      known.set(speech, found)
      return found
    },
    offerOf: (speech, {contract}) => {
      const texts = speech?.provides.get(contract)
      return texts ? provided(texts) : -1
    },
    meet: (offer, range, {strictness}) => offer >= 0 && meet(offer, range, strictness),
  }
}

/** The line of a contract; undefined for one that is served from outside of the system. */
function linesIn(system: System): (contract: ContractName) => Line | undefined {
  const servers = serversOf(system)
  const lines = new Map<ContractName, Line>()
  return contract => {
    const known = lines.get(contract)
    if (known) return known
    const server = servers.get(contract)?.[0]
    if (server === undefined) return undefined
    const strictness = system.contracts.get(contract)?.compatibility ?? 'tolerant'
    const line = {number: lines.size, contract, server, strictness}
    lines.set(contract, line)
    return line
  }
}

/** Whether a client in one state and a server in another work together on a contract; null is a server that is not deployed. */
export type Compatible = (client: Speech, server: Speech | null, contract: ContractName) => boolean

/** The same judgement, on one contract. A client that does not call it, or calls it elsewhere, is content with anything. */
export function compatibleIn(system: System): Compatible {
  const {callsOf, offerOf, meet} = hearingIn(system)
  return (client, server, contract) => {
    const {lines, ranges} = callsOf(client)
    const place = lines.findIndex(line => line.contract === contract)
    const line = lines[place]
    return line === undefined || meet(offerOf(server, line), ranges[place] as number, line)
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
