import {type Hearing, hearingIn, type Line} from '../../graph/compatible.ts'
import {speechOf} from '../../graph/states.ts'
import type {ContractName, Question, ServiceName} from '../../graph/system.ts'
import {type Actor, serviceOf, still} from './actors.ts'
import {EMPTY, type Lists, lists} from './lists.ts'
import {type Bond, FREE} from './links.ts'

/**
 * Who calls whom, and what comes of it, as far as anybody checks it: neither contracts from outside the system nor
 * excused ones. There may be a hundred thousand calls, so what they touch is small, or in flat arrays.
 */
export function eachCall(question: Question, actors: readonly Actor[], visit: Visit): void {
  const hearing = hearingIn(question.system)
  const {lines, lineOf, rangeOf} = hearing
  const isExcused = excusesIn(question)
  const known = lists()
  const {servers, offers} = serving(question, actors, hearing, known)
  const fitOf = fitsIn(hearing, known)
  /** By line, the client that called it last, and where the ranges of that client's states begin. */
  const callers = new Int32Array(lines.length).fill(NOBODY)
  const places = new Int32Array(lines.length)
  /** What one client calls, and the ranges of its states: sheets that each client is written on over the one before. */
  const called: number[] = []
  const ranges: number[] = []
  let [caller, states, state, count] = [0, 0, 0, 0]
  const listen = (range: string, contract: ContractName): void => {
    const line = lineOf(contract)
    if (line === undefined) return
    if (callers[line] !== caller) {
      callers[line] = caller
      places[line] = count * states
      called[count++] = line
      for (let place = (count - 1) * states; place < count * states; place++) ranges[place] = SILENT
    }
    ranges[(places[line] as number) + state] = rangeOf(range)
  }
  for (; caller < actors.length; caller++) {
    const client = actors[caller] as Actor
    states = client.states.length
    count = 0
    for (state = 0; state < states; state++) {
      const own = client.states[state]
      if (own) speechOf(client.service, own).consumes.forEach(listen)
    }
    for (let each = 0; each < count; each++) {
      const line = called[each] as number
      if (isExcused(client.name, lines[line] as Line)) continue
      let asked = EMPTY
      for (let place = each * states; place < (each + 1) * states; place++)
        asked = known.longer(asked, ranges[place] as number)
      visit(client, servers[line] as Actor, fitOf(asked, offers[line] as number), line)
    }
  }
}

/** The line by its number in the hearing of the system. */
export type Visit = (client: Actor, server: Actor, fit: Fit, line: number) => void

const NOBODY = -1

/** The range of a state in which a client does not call. */
const SILENT = -1

/** How the states of a client and of its server fit each other on one line. Calls with the same ranges and offers share one. */
export interface Fit {
  /** Whether a state of the client and one of the server, by their numbers, work together. */
  readonly works: (own: number, other: number) => boolean
  /** Whether they do not in some two states. */
  readonly clashes: boolean
  /** What that is to a link whose `a` is the client. */
  readonly fromA: Bond
  /** To one whose `b` is. */
  readonly fromB: Bond
}

/** By line, who serves it, and which list of what is provided in each of its states. */
interface Serving {
  readonly servers: readonly Actor[]
  readonly offers: Int32Array
}

function serving(question: Question, actors: readonly Actor[], {lines, offerOf}: Hearing, {longer}: Lists): Serving {
  const inPlay = new Map<ServiceName, Actor>()
  for (const actor of actors) inPlay.set(actor.name, actor)
  const servers = lines.map(({server}) => inPlay.get(server) ?? still(serviceOf(question, server), null))
  const offers = Int32Array.from(lines, ({strictness}, line) => {
    const {service, states} = servers[line] as Actor
    // What is compared in another way is another list.
    let list = longer(EMPTY, STRICTNESS.indexOf(strictness))
    for (const state of states) list = longer(list, offerOf(state && speechOf(service, state), line))
    return list
  })
  return {servers, offers}
}

const STRICTNESS = ['tolerant', 'strict'] as const

/** By the lists of what is asked for and of what is offered. */
function fitsIn({meet}: Hearing, {values}: Lists): (asked: number, offered: number) => Fit {
  const known = new Map<number, Map<number, Fit>>()
  const fitOf = (asked: number, offered: number): Fit => {
    const ranges = values(asked)
    const [way, ...offers] = values(offered)
    const strictness = STRICTNESS[way as number] as (typeof STRICTNESS)[number]
    const fails = (range: number, offer: number): number => (range === SILENT || meet(offer, range, strictness) ? 0 : 1)
    const bad = ranges.flatMap(range => offers.map(offer => fails(range, offer)))
    const turned = offers.flatMap(offer => ranges.map(range => fails(range, offer)))
    return {
      works: (own, other) => bad[own * offers.length + other] === 0,
      clashes: bad.includes(1),
      fromA: {...FREE, bad, width: offers.length},
      fromB: {...FREE, bad: turned, width: ranges.length},
    }
  }
  return (asked, offered) => {
    let fits = known.get(offered)
    if (!fits) {
      fits = new Map()
      known.set(offered, fits)
    }
    const fit = fits.get(asked) ?? fitOf(asked, offered)
    fits.set(asked, fit)
    return fit
  }
}

function excusesIn({excuses}: Question): (client: ServiceName, line: Line) => boolean {
  if (excuses.length === 0) return () => false
  const excused = new Set(excuses.map(each => JSON.stringify([each.client, each.server, each.contract])))
  return (client, {server, contract}) => excused.has(JSON.stringify([client, server, contract]))
}
