import {byText} from '../base/order.ts'
import {compatibleIn, type Servers, serversOf} from '../graph/compatible.ts'
import {speechOf} from '../graph/states.ts'
import type {ContractName, MaybeState, Question, ServiceName, Speech} from '../graph/system.ts'
import type {Conflict} from './plan.ts'

/** One service in one state, as a side of a call. */
export interface Side {
  readonly service: ServiceName
  readonly state: MaybeState
}

/** Tells why two sides cannot serve together, with everything looked up once. */
export interface Clashes {
  /** What `client` calls of `server` and does not find, without what is excused. */
  readonly calling: (client: Side, server: Side) => readonly Conflict[]
  /** Both ways; for a service beside itself, its old and its new state. */
  readonly between: (a: Side, b: Side) => readonly Conflict[]
  /** Everything that clashes while every service of `states` stands still; who is not named is not deployed. */
  readonly standing: (states: ReadonlyMap<ServiceName, MaybeState>) => readonly Conflict[]
  /** Why they clash on one contract, once it is known that they do. */
  readonly text: (client: Side, server: Side, contract: ContractName) => string
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
  const speech = remembered(question)
  const shared = contractsBetween(question, servers)
  const calling = (client: Side, server: Side): Conflict[] => {
    const contracts = shared(client.service, server.service)
    const said = contracts.length > 0 ? speech(client) : null
    if (!said || (client.service === server.service && !server.state)) return []
    const heard = speech(server)
    return contracts
      .filter(contract => !compatible(said, heard, contract) && !isExcused(client.service, server.service, contract))
      .map(contract => conflict(contract, client, server, said, heard))
  }
  return {
    calling,
    between: (a, b) => [...calling(a, b), ...calling(b, a)],
    standing: states => {
      const names = [...states.keys()].sort(byText)
      return names.flatMap(name => {
        const client = {service: name, state: states.get(name) ?? null}
        const called = [...(speech(client)?.consumes.keys() ?? [])].flatMap(
          contract => servers.get(contract)?.[0] ?? [],
        )
        return [...new Set(called)]
          .sort(byText)
          .flatMap(server => calling(client, {service: server, state: states.get(server) ?? null}))
      })
    },
    text: (client, server, contract) => textOf(contract, client, server, speech(client) as Speech, speech(server)),
    clashing: (client, server, contract) => {
      const said = speech(client)
      return said !== null && !compatible(said, speech(server), contract)
    },
  }
}

/** What a side says, looked up once per state. */
function remembered({system}: Question): (side: Side) => Speech | null {
  const known = new Map<ServiceName, Map<MaybeState, Speech | null>>()
  return ({service: name, state}) => {
    let states = known.get(name)
    if (!states) {
      states = new Map()
      known.set(name, states)
    }
    let speech = states.get(state)
    if (speech === undefined) {
      const service = system.services.get(name)
      speech = service && state ? speechOf(service, state) : null
      states.set(state, speech)
    }
    return speech
  }
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

function conflict(contract: ContractName, client: Side, server: Side, said: Speech, heard: Speech | null): Conflict {
  const text = textOf(contract, client, server, said, heard)
  return {contract, client: sideOf(client), server: sideOf(server), text}
}

function textOf(contract: ContractName, client: Side, server: Side, said: Speech, heard: Speech | null): string {
  const call = `${sideText(client)} calls ${contract} ${said.consumes.get(contract)}`
  if (server.state === null) return `${call}, but ${server.service} is not deployed`
  const offered = heard?.provides.get(contract)
  const finds = offered === undefined ? 'does not provide it' : `provides ${offered.join(', ')}`
  return `${call}, but ${sideText(server)} ${finds}`
}

function sideOf({service, state}: Side): Conflict['client'] {
  return {service, release: state?.release ?? null, ...(state?.mode != null && {mode: state.mode})}
}

/** `accounts 2.0.0`, `accounts 2.0.0 (v1)`. */
export function sideText({service, state}: Side): string {
  if (state === null) return service
  return state.mode === null ? `${service} ${state.release}` : `${service} ${state.release} (${state.mode})`
}
