import {type Hearing, hearingIn, type Line} from '../graph/compatible.ts'
import {speechOf} from '../graph/states.ts'
import type {ContractName, Question, ServiceName} from '../graph/system.ts'
import {type Actor, serviceOf, still} from './actors.ts'

/** Who calls whom, as far as anybody checks it: neither contracts from outside the system nor excused ones. */
export function eachCall(question: Question, actors: readonly Actor[], visit: (call: Call) => void): void {
  const hearing = hearingIn(question.system)
  const isExcused = excusesIn(question)
  const served = servingIn(question, actors, hearing)
  for (const client of actors) {
    for (const {line, server, offers, ranges} of servedTo(client, served, hearing)) {
      if (isExcused(client.name, server.name, line.contract)) continue
      visit({client, server, contract: line.contract, works: meeting(line, offers, ranges, hearing)})
    }
  }
}

/** A client calls a server on a contract. */
export interface Call {
  readonly client: Actor
  readonly server: Actor
  readonly contract: ContractName
  readonly works: Works
}

/** Whether a state of the client and a state of the server, by their numbers, work together on one contract. */
export type Works = (clientState: number, serverState: number) => boolean

function meeting(line: Line, offers: readonly number[], ranges: readonly number[], {meet}: Hearing): Works {
  return (i, j) => {
    const range = ranges[i] as number
    return range < 0 || meet(offers[j] as number, range, line)
  }
}

/** Who serves a line, and what the client that is looked at calls on it. */
interface Served {
  readonly line: Line
  readonly server: Actor
  /** Per state of the server. */
  readonly offers: readonly number[]
  caller?: Actor
  /** Per state of the caller; -1 where it does not call. */
  ranges: number[]
}

/** What some state of a client calls, with what each state calls noted on it. */
function servedTo(client: Actor, served: (line: Line) => Served, {callsOf}: Hearing): readonly Served[] {
  const {states, service} = client
  const called: Served[] = []
  for (let place = 0; place < states.length; place++) {
    const state = states[place]
    if (!state) continue
    const {lines, ranges} = callsOf(speechOf(service, state))
    for (let each = 0; each < lines.length; each++) {
      const one = served(lines[each] as Line)
      if (one.caller !== client) {
        one.caller = client
        one.ranges = states.map(() => -1)
        called.push(one)
      }
      one.ranges[place] = ranges[each] as number
    }
  }
  return called
}

function servingIn(question: Question, actors: readonly Actor[], {offerOf}: Hearing): (line: Line) => Served {
  const inPlay = new Map(actors.map(actor => [actor.name, actor]))
  const known: Served[] = []
  return line => {
    const one = known[line.number]
    if (one) return one
    const server = inPlay.get(line.server) ?? still(serviceOf(question, line.server), null)
    const offers = server.states.map(state => offerOf(state && speechOf(server.service, state), line))
    return (known[line.number] = {line, server, offers, ranges: []})
  }
}

function excusesIn({excuses}: Question): (client: ServiceName, server: ServiceName, contract: ContractName) => boolean {
  if (excuses.length === 0) return () => false
  const excused = new Set(excuses.map(each => JSON.stringify([each.client, each.server, each.contract])))
  return (client, server, contract) => excused.has(JSON.stringify([client, server, contract]))
}
