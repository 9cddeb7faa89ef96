import {byText} from '../../base/order.ts'
import {compatibleIn, type Servers, serversOf} from '../../graph/compatible.ts'
import {speechOf} from '../../graph/states.ts'
import type {ContractName, MaybeState, Question, ServiceName, Speech} from '../../graph/system.ts'
import type {Conflict} from '../plan.ts'

/** One service in one state, as a side of a call. */
export interface Side {
  readonly service: ServiceName
  readonly state: MaybeState
}

/** A side with what it says. */
export interface Speaker extends Side {
  readonly speech: Speech | null
  /** As a client: `accounts 2.0.0 calls `. */
  readonly calls: string
}

/** Tells why two sides cannot serve together, with everything looked up once. */
export interface Clashes {
  /** What `client` calls of `server` and does not find, without what is excused. */
  readonly calling: (client: Side, server: Side) => readonly Conflict[]
  /** Both ways; for a service beside itself, its old and its new state. */
  readonly between: (a: Side, b: Side) => readonly Conflict[]
  /** Everything that clashes while every service of `states` stands still; who is not named is not deployed. */
  readonly standing: (states: ReadonlyMap<ServiceName, MaybeState>) => readonly Conflict[]
  /** Whether they clash on one contract, excused or not. */
  readonly clashing: (client: Side, server: Side, contract: ContractName) => boolean
}

export function clashesIn(question: Question): Clashes {
  const {system} = question
  const compatible = compatibleIn(system)
  const servers = serversOf(system)
  const excuses = new Set(question.excuses.map(each => JSON.stringify([each.client, each.server, each.contract])))
  const isExcused = (client: ServiceName, server: ServiceName, contract: ContractName): boolean =>
    excuses.size > 0 && excuses.has(JSON.stringify([client, server, contract]))
  const speaker = remembered(question)
  const shared = contractsBetween(question, servers)
  const clashing = (client: Side, server: Side, contract: ContractName): boolean => {
    const said = speaker(client).speech
    return said !== null && !compatible(said, speaker(server).speech, contract)
  }
  const calling = (client: Side, server: Side): Conflict[] => {
    const contracts = shared(client.service, server.service)
    if (contracts.length === 0 || !client.state || (client.service === server.service && !server.state)) return []
    return contracts
      .filter(contract => clashing(client, server, contract) && !isExcused(client.service, server.service, contract))
      .map(contract => conflict(contract, speaker(client), speaker(server)))
  }
  return {
    calling,
    between: (a, b) => [...calling(a, b), ...calling(b, a)],
    standing: states => {
      const names = [...states.keys()].sort(byText)
      return names.flatMap(name => {
        const client = {service: name, state: states.get(name) ?? null}
        const called = [...(speaker(client).speech?.consumes.keys() ?? [])].flatMap(
          contract => servers.get(contract)?.[0] ?? [],
        )
        return [...new Set(called)]
          .sort(byText)
          .flatMap(server => calling(client, {service: server, state: states.get(server) ?? null}))
      })
    },
    clashing,
  }
}

function remembered(question: Question): (side: Side) => Speaker {
  const known = new Map<ServiceName, Map<MaybeState, Speaker>>()
  return side => {
    let states = known.get(side.service)
    if (!states) {
      states = new Map()
      known.set(side.service, states)
    }
    const speaker = states.get(side.state) ?? speakerOf(question, side)
    states.set(side.state, speaker)
    return speaker
  }
}

export function speakerOf({system}: Question, {service, state}: Side): Speaker {
  const known = system.services.get(service)
  const speech = known && state ? speechOf(known, state) : null
  return {service, state, speech, calls: `${sideText({service, state})} calls `}
}

/** The contracts of one service that another ever calls, by name. */
function contractsBetween(
  {system}: Question,
  servers: Servers,
): (client: ServiceName, server: ServiceName) => readonly ContractName[] {
  const known = new Map<ServiceName, Map<ServiceName, ContractName[]>>()
  const called = (client: ServiceName): Map<ServiceName, ContractName[]> => {
    const byServer = new Map<ServiceName, ContractName[]>()
    const speeches = system.services.get(client)?.releases.flatMap(release => [release, ...release.modes]) ?? []
    const contracts = new Set(speeches.flatMap(speech => [...speech.consumes.keys()]))
    for (const contract of [...contracts].sort(byText)) {
      const server = servers.get(contract)?.[0]
      if (server === undefined) continue
      const list = byServer.get(server)
      if (list) list.push(contract)
      else byServer.set(server, [contract])
    }
    return byServer
  }
  return (client, server) => {
    let byServer = known.get(client)
    if (!byServer) {
      byServer = called(client)
      known.set(client, byServer)
    }
    return byServer.get(server) ?? NONE
  }
}

const NONE: readonly ContractName[] = []

function conflict(contract: ContractName, client: Speaker, server: Speaker): Conflict {
  return {contract, client: sideOf(client), server: sideOf(server), text: clashText(contract, client, server)}
}

/** Why two sides clash on a contract, once it is known that they do. */
export function clashText(contract: ContractName, client: Speaker, server: Speaker): string {
  return client.calls + missText(contract, client.speech?.consumes.get(contract), server)
}

/** What a server says to all who ask for one range of it: `accounts-api ^2, but accounts 1.0.0 provides 1.0.0`. */
export function missText(contract: ContractName, range: string | undefined, server: Speaker): string {
  return `${contract} ${range}, but ${offerText(contract, server)}`
}

function offerText(contract: ContractName, {service, state, speech}: Speaker): string {
  if (state === null) return `${service} is not deployed`
  const versions = speech?.provides.get(contract)
  const name = sideText({service, state})
  return versions === undefined ? `${name} does not provide it` : `${name} provides ${versions.join(', ')}`
}

function sideOf({service, state}: Side): Conflict['client'] {
  return {service, release: state?.release ?? null, ...(state?.mode != null && {mode: state.mode})}
}

/** `accounts 2.0.0`, `accounts 2.0.0 (v1)`. */
export function sideText({service, state}: Side): string {
  if (state === null) return service
  return state.mode === null ? `${service} ${state.release}` : `${service} ${state.release} (${state.mode})`
}
