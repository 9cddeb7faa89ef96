import {by, byText} from '../base/order.ts'
import {compatibleIn, serversOf} from '../graph/compatible.ts'
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
  const speech = (side: Side): Speech | null => {
    const service = system.services.get(side.service)
    return service && side.state ? speechOf(service, side.state) : null
  }
  const calling = (client: Side, server: Side): Conflict[] => {
    const said = speech(client)
    if (!said || said.consumes.size === 0 || (client.service === server.service && !server.state)) return []
    const heard = speech(server)
    const found: Conflict[] = []
    for (const contract of said.consumes.keys()) {
      if (servers.get(contract)?.[0] !== server.service || compatible(said, heard, contract)) continue
      if (!isExcused(client.service, server.service, contract))
        found.push(conflict(contract, client, server, said, heard))
    }
    return found.sort(by(({contract}) => contract))
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
    clashing: (client, server, contract) => {
      const said = speech(client)
      return said !== null && !compatible(said, speech(server), contract)
    },
  }
}

function conflict(contract: ContractName, client: Side, server: Side, said: Speech, heard: Speech | null): Conflict {
  const wanted = said.consumes.get(contract) as string
  const offered = heard?.provides.get(contract)
  const finds =
    server.state === null
      ? `${server.service} is not deployed`
      : offered === undefined
        ? `${sideText(server)} does not provide it`
        : `${sideText(server)} provides ${offered.join(', ')}`
  return {
    contract,
    client: sideOf(client),
    server: sideOf(server),
    text: `${sideText(client)} calls ${contract} ${wanted}, but ${finds}`,
  }
}

function sideOf({service, state}: Side): Conflict['client'] {
  return {service, release: state?.release ?? null, ...(state?.mode != null && {mode: state.mode})}
}

/** `accounts 2.0.0`, `accounts 2.0.0 (v1)`. */
export function sideText({service, state}: Side): string {
  if (state === null) return service
  return state.mode === null ? `${service} ${state.release}` : `${service} ${state.release} (${state.mode})`
}
