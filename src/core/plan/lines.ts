import {type Hearing, hearingIn, type Line} from '../graph/compatible.ts'
import {speechOf} from '../graph/states.ts'
import type {ContractName, Question, ServiceName} from '../graph/system.ts'
import {type Actor, serviceOf, still} from './actors.ts'
import type {CallOn} from './board.ts'

/**
 * Who calls whom, as far as anybody checks it: neither contracts from outside the system nor excused ones. What `works`
 * answers is about the call that is being visited, and only until the next one.
 */
export function eachCall(question: Question, actors: readonly Actor[], visit: Visit): void {
  const hearing = hearingIn(question.system)
  const isExcused = excusesIn(question)
  const served = servingIn(question, actors, hearing)
  const calling: Calling = {on: [], ranges: []}
  const {on, ranges} = calling
  let call: Served
  let first = 0
  const works: Works = (i, j) => {
    const range = ranges[first + i] as number
    return range < 0 || hearing.meet(call.offers[j] as number, range, call.line)
  }
  for (const client of actors) {
    const count = listen(client, calling, served, hearing)
    for (let place = 0; place < count; place++) {
      call = on[place] as Served
      first = place * client.states.length
      if (!isExcused(client.name, call.server.name, call.line.contract)) visit(client, call, works)
    }
  }
}

export type Visit = (client: Actor, served: Called, works: Works) => void

/** Whether a state of the client and a state of the server, by their numbers, work together on one contract. */
export type Works = (clientState: number, serverState: number) => boolean

/** A contract that is called, for all of its clients. */
export interface Called {
  readonly server: Actor
  /** What a link says of it where its `a` is the client, and where its `b` is. */
  readonly fromA: readonly CallOn[]
  readonly fromB: readonly CallOn[]
}

/** Who serves a line. */
interface Served extends Called {
  readonly line: Line
  /** Per state of the server. */
  readonly offers: readonly number[]
  /** The client that is looked at, and the place of this line among those it calls. */
  caller?: Actor
  place: number
}

/** What one client calls in any of its states: a sheet that each client is written on over the one before. */
interface Calling {
  readonly on: Served[]
  /** The range that a state asks for, at `place * (states of the client) + state`; -1 where it does not call. */
  readonly ranges: number[]
}

/** Writes down what a client calls, and answers on how many lines. */
function listen(client: Actor, {on, ranges}: Calling, served: (line: Line) => Served, {callsOf}: Hearing): number {
  const {states, service} = client
  let count = 0
  for (let own = 0; own < states.length; own++) {
    const state = states[own]
    if (!state) continue
    const calls = callsOf(speechOf(service, state))
    for (let each = 0; each < calls.lines.length; each++) {
      const one = served(calls.lines[each] as Line)
      if (one.caller !== client) {
        one.caller = client
        one.place = count
        on[count++] = one
        for (let state = 0; state < states.length; state++) ranges[one.place * states.length + state] = -1
      }
      ranges[one.place * states.length + own] = calls.ranges[each] as number
    }
  }
  return count
}

function servingIn(question: Question, actors: readonly Actor[], {offerOf}: Hearing): (line: Line) => Served {
  const inPlay = new Map(actors.map(actor => [actor.name, actor]))
  const known: Served[] = []
  return line => {
    const one = known[line.number]
    if (one) return one
    const server = inPlay.get(line.server) ?? still(serviceOf(question, line.server), null)
    const offers = server.states.map(state => offerOf(state && speechOf(server.service, state), line))
    const [fromA, fromB] = [[{contract: line.contract, fromA: true}], [{contract: line.contract, fromA: false}]]
    return (known[line.number] = {line, server, offers, place: 0, fromA, fromB})
  }
}

function excusesIn({excuses}: Question): (client: ServiceName, server: ServiceName, contract: ContractName) => boolean {
  if (excuses.length === 0) return () => false
  const excused = new Set(excuses.map(each => JSON.stringify([each.client, each.server, each.contract])))
  return (client, server, contract) => excused.has(JSON.stringify([client, server, contract]))
}
