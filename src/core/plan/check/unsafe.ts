import {hearingIn} from '../../graph/compatible.ts'
import {speechOf, stateText} from '../../graph/states.ts'
import type {ContractName, Question, Service} from '../../graph/system.ts'
import type {Done} from './done.ts'
import type {Way, Ways} from './ways.ts'

/** Every state of a client and every state of its server that may be there at once and are not compatible. */
export function unsafe(question: Question, ways: Ways, done: Done): readonly string[] {
  const {lineOf, rangeOf, meet} = hearingIn(question.system)
  const excused = new Set(question.excuses.map(({client, server, contract}) => `${client}\n${server}\n${contract}`))
  const {servers, starts, offers, isStrict} = heardIn(question, ways)
  const found: string[] = []
  let client: Way
  let place = 0
  const look = (range: string, contract: ContractName): void => {
    const line = lineOf(contract)
    if (line === undefined) return
    const strictness = isStrict[line] === 1 ? 'strict' : 'tolerant'
    const asked = rangeOf(range)
    const start = starts[line] as number
    for (let at = start; at < (starts[line + 1] as number); at++) {
      if (meet(offers[at] as number, asked, strictness)) continue
      const server = servers[line] as Way
      if (!mayMeet(client, place, server, at - start, done)) continue
      if (excused.size > 0 && excused.has(`${client.service}\n${server.service}\n${contract}`)) continue
      found.push(`${named(client, place)} may meet ${named(server, at - start)}, and they clash on ${contract}`)
    }
  }
  for (client of ways.of.values()) {
    const service = question.system.services.get(client.service) as Service
    for (place = 0; place < client.states.length; place++) {
      const state = client.states[place]
      if (state) speechOf(service, state).consumes.forEach(look)
    }
  }
  return found
}

/** What is heard on each line, in flat arrays, for a large system asks a hundred thousand times. */
interface Heard {
  readonly servers: readonly Way[]
  /** Where the offers of a line begin. */
  readonly starts: Int32Array
  /** The number of what is provided in each state of the server. */
  readonly offers: readonly number[]
  readonly isStrict: Uint8Array
}

function heardIn({system}: Question, {of}: Ways): Heard {
  const {lines, offerOf} = hearingIn(system)
  const servers = lines.map(({server}) => of.get(server) ?? {service: server, states: [null], steps: [], first: 0})
  const starts = new Int32Array(lines.length + 1)
  const offers: number[] = []
  for (let line = 0; line < lines.length; line++) {
    const {service: name, states} = servers[line] as Way
    const service = system.services.get(name) as Service
    for (const state of states) offers.push(offerOf(state && speechOf(service, state), line))
    starts[line + 1] = offers.length
  }
  return {servers, starts, offers, isStrict: Uint8Array.from(lines, line => (line.strictness === 'strict' ? 1 : 0))}
}

/** Beside itself, a service is in two states only while it moves between them, and needs nothing of what is not there. */
function mayMeet(client: Way, i: number, server: Way, j: number, done: Done): boolean {
  if (client === server) return server.states[j] !== null && Math.abs(i - j) <= 1
  // Step i leaves the i-th state, and step j - 1 comes to the j-th.
  return !done(client, i, server, j - 1) && !done(server, j, client, i - 1)
}

function named({service, states}: Way, place: number): string {
  return `${service} ${stateText(states[place] ?? null)}`
}
