import {type Hearing, hearingIn, type Line} from '../../graph/compatible.ts'
import {speechOf, stateText} from '../../graph/states.ts'
import type {MaybeState, Question, Service, Speech} from '../../graph/system.ts'
import type {Done} from './done.ts'
import type {Way, Ways} from './ways.ts'

/** Every state of a client and every state of its server that may be there at once and are not compatible. */
export function unsafe(question: Question, {of}: Ways, done: Done): readonly string[] {
  const hearing = hearingIn(question.system)
  const excused = new Set(question.excuses.map(({client, server, contract}) => `${client}\n${server}\n${contract}`))
  const heard = heardIn(question, of, hearing)
  const found: string[] = []
  const look = (client: Way, place: number, line: Line, range: number): void => {
    const {server, offers} = heard(line)
    if (excused.size > 0 && excused.has(`${client.service}\n${line.server}\n${line.contract}`)) return
    for (let other = 0; other < offers.length; other++) {
      if (hearing.meet(offers[other] as number, range, line) || !mayMeet(client, place, server, other, done)) continue
      const both = `${named(client, place)} may meet ${named(server, other)}`
      found.push(`${both}, and they clash on ${line.contract}`)
    }
  }
  for (const client of of.values()) {
    const speechAt = speechesOf(question, client)
    for (let place = 0; place < client.states.length; place++) {
      const speech = speechAt(place)
      if (!speech) continue
      const {lines, ranges} = hearing.callsOf(speech)
      for (let each = 0; each < lines.length; each++) look(client, place, lines[each] as Line, ranges[each] as number)
    }
  }
  return found
}

/** The server of a line, with the number of what it provides in each of its states. */
interface Heard {
  readonly server: Way
  readonly offers: readonly number[]
}

function heardIn(question: Question, ways: Ways['of'], {offerOf}: Hearing): (line: Line) => Heard {
  const known: Heard[] = []
  return line => {
    const heard = known[line.number]
    if (heard) return heard
    const server = ways.get(line.server) ?? {service: line.server, states: [null], steps: [], first: 0}
    const speechAt = speechesOf(question, server)
    const offers = server.states.map((_, place) => offerOf(speechAt(place), line))
    return (known[line.number] = {server, offers})
  }
}

/** Beside itself, a service is in two states only while it moves between them, and needs nothing of what is not there. */
function mayMeet(client: Way, i: number, server: Way, j: number, done: Done): boolean {
  if (client === server) return server.states[j] !== null && Math.abs(i - j) <= 1
  // Step i leaves the i-th state, and step j - 1 comes to the j-th.
  return !done(client, i, server, j - 1) && !done(server, j, client, i - 1)
}

/** What a way says in each of its states. */
function speechesOf({system}: Question, {service: name, states}: Way): (place: number) => Speech | null {
  const service = system.services.get(name) as Service
  return place => {
    const state = states[place] as MaybeState
    return state && speechOf(service, state)
  }
}

function named({service, states}: Way, place: number): string {
  return `${service} ${stateText(states[place] ?? null)}`
}
