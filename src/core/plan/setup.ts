import {bug} from '../base/bug.ts'
import {byText} from '../base/order.ts'
import {serversOf, strictnessOf} from '../graph/compatible.ts'
import {speechOf} from '../graph/states.ts'
import type {ContractName, MaybeState, Question, Service, ServiceName} from '../graph/system.ts'
import {type Strictness, type Versions, versions} from '../graph/versions.ts'
import {board, type Board, type CallOn, hinders, type Link, type Move, narrow, type Piece} from './board.ts'
import {allPathsOf, straightPathsOf} from './moves.ts'

/**
 * The board of a question: one piece for each service of `target`. Services that stand still, and the clusters whose
 * members talk to each other, have their say here, once, by which states and moves they leave.
 */
export function setUp(question: Question, stops: Stops): SetUp {
  const judge = versions()
  const actors = actorsOf(question, PATHS[stops])
  const moving = actors.filter(actor => actor.moving)
  const links = linksAmong(moving)
  const keep = moving.map(actor => new Uint8Array(actor.states.length).fill(1))
  let [clashesAtStart, clashesAtGoal] = [false, false]
  eachCall(question, actors, judge, ({client, server, contract, works}) => {
    clashesAtStart ||= !meets(client, client.start, server, server.start, works)
    clashesAtGoal ||= !meets(client, client.goal, server, server.goal, works)
    if (client === server) {
      if (client.moving) keepToItself(client, keep[client.piece] as Uint8Array, works)
    } else if (client.moving && server.moving) {
      markBad(client, server, contract, works, links.between)
    } else if (client.moving) {
      for (let i = 0; i < client.states.length; i++) if (!works(i, 0)) (keep[client.piece] as Uint8Array)[i] = 0
    } else if (server.moving) {
      for (let j = 0; j < server.states.length; j++) if (!works(0, j)) (keep[server.piece] as Uint8Array)[j] = 0
    }
  })
  orders(question, moving, links.between)
  const pieces = moving.map(({name, states, start, goal, moves}): Piece => ({name, states, start, goal, moves}))
  for (const [index, piece] of pieces.entries()) {
    const flags = keep[index] as Uint8Array
    // What clashes at the ends is answered before anybody moves.
    flags[piece.start] = 1
    flags[piece.goal] = 1
  }
  return {board: narrow(board(pieces, links.all()), keep), clashesAtStart, clashesAtGoal}
}

/** Whether services may stop wherever they can, or only where their own rules make them. */
export type Stops = 'anywhere' | 'where needed'

const PATHS = {anywhere: allPathsOf, 'where needed': straightPathsOf}

/** A board, and whether anything clashes before the first move or after the last, which nobody can plan away. */
export interface SetUp {
  readonly board: Board
  readonly clashesAtStart: boolean
  readonly clashesAtGoal: boolean
}

/** A service that is in play: one that moves, or one that stands on its only state. */
interface Actor {
  readonly name: ServiceName
  readonly service: Service
  readonly moving: boolean
  /** Its number among those that move, or -1. */
  readonly piece: number
  readonly states: readonly MaybeState[]
  readonly start: number
  readonly goal: number
  moves: readonly (readonly Move[])[]
}

function actorsOf(question: Question, pathsOf: (typeof PATHS)[Stops]): readonly Actor[] {
  const names = new Set([...question.current.keys(), ...question.target.keys()])
  const actors: Actor[] = []
  let pieces = 0
  for (const name of [...names].sort(byText)) {
    const service = serviceOf(question, name)
    const start = question.current.get(name) ?? null
    const wanted = question.target.get(name)
    if (start === null && (wanted === undefined || wanted === null)) continue
    if (wanted === undefined) actors.push(still(service, start))
    else actors.push({name, service, moving: true, piece: pieces++, ...pathsOf(service, start, wanted)})
  }
  return actors
}

function still(service: Service, state: MaybeState): Actor {
  return {name: service.name, service, moving: false, piece: -1, states: [state], start: 0, goal: 0, moves: [[]]}
}

function serviceOf(question: Question, name: ServiceName): Service {
  return question.system.services.get(name) ?? bug(`the system has no service ${name}`)
}

/** Links are made when there is first something to say on them. */
interface Links {
  readonly between: (a: Actor, b: Actor) => Writable
  /** Those that hinder somebody, in the order of their pieces. */
  readonly all: () => readonly Link[]
}

type Writable = {-readonly [Key in keyof Link]: Link[Key]} & {readonly bad: number[]; readonly calls: CallOn[]}

function linksAmong(moving: readonly Actor[]): Links {
  const known = new Map<number, Writable>()
  const between = (one: Actor, two: Actor): Writable => {
    const [low, high] = one.piece < two.piece ? [one, two] : [two, one]
    const key = low.piece * moving.length + high.piece
    const link = known.get(key)
    if (link) return link
    const bad = new Array<number>(low.states.length * high.states.length).fill(0)
    const made = {a: low.piece, b: high.piece, bad, aAfterB: false, bAfterA: false, apart: false, calls: []}
    known.set(key, made)
    return made
  }
  return {between, all: () => inOrder(known).filter(hinders)}
}

/** By the numbers of their pieces, which is by name: the same whatever the order in the files. */
function inOrder(links: ReadonlyMap<number, Link>): readonly Link[] {
  return Array.from(Float64Array.from(links.keys()).sort(), key => links.get(key) as Link)
}

interface Call {
  readonly client: Actor
  readonly server: Actor
  readonly contract: ContractName
  readonly works: Works
}

/** Who calls whom, as far as anybody checks it: neither contracts from outside the system nor excused ones. */
function eachCall(question: Question, actors: readonly Actor[], judge: Versions, visit: (call: Call) => void): void {
  const servers = serversOf(question.system)
  const inPlay = new Map(actors.map(actor => [actor.name, actor]))
  const excused = new Set(question.excuses.map(each => JSON.stringify([each.client, each.server, each.contract])))
  const offers = new Map<ContractName, {server: Actor; offered: readonly number[]}>()
  const offerOf = (contract: ContractName) => {
    const known = offers.get(contract)
    if (known) return known
    const [name, second] = servers.get(contract) ?? []
    if (name === undefined) return undefined
    if (second !== undefined) bug(`${contract} is provided by ${name} and by ${second}`)
    const server = inPlay.get(name) ?? still(serviceOf(question, name), null)
    const offer = {server, offered: offersOf(server, contract, judge)}
    offers.set(contract, offer)
    return offer
  }
  for (const client of actors) {
    for (const [contract, wanted] of wishesOf(client, judge)) {
      const offer = offerOf(contract)
      if (!offer) continue
      const {server, offered} = offer
      if (excused.size > 0 && excused.has(JSON.stringify([client.name, server.name, contract]))) continue
      visit({client, server, contract, works: meeting(wanted, offered, strictnessOf(question.system, contract), judge)})
    }
  }
}

/** Per state the number of what is called, on each contract that any state calls; -1 where one does not. */
function wishesOf(client: Actor, judge: Versions): ReadonlyMap<ContractName, readonly number[]> {
  const wishes = new Map<ContractName, number[]>()
  for (const [place, state] of client.states.entries()) {
    if (state === null) continue
    for (const [contract, range] of speechOf(client.service, state).consumes) {
      let column = wishes.get(contract)
      if (!column) {
        column = new Array<number>(client.states.length).fill(-1)
        wishes.set(contract, column)
      }
      column[place] = judge.consumed(range)
    }
  }
  return wishes
}

/** Per state the number of what is provided on a contract; -1 for nothing. */
function offersOf(server: Actor, contract: ContractName, judge: Versions): readonly number[] {
  return server.states.map(state => {
    const texts = state ? speechOf(server.service, state).provides.get(contract) : undefined
    return texts ? judge.provided(texts) : -1
  })
}

type Works = (clientState: number, serverState: number) => boolean

/** Whether two states work together on one contract. */
function meeting(
  wanted: readonly number[],
  offered: readonly number[],
  strictness: Strictness,
  judge: Versions,
): Works {
  return (i, j) => {
    const want = wanted[i] as number
    if (want < 0) return true
    const offer = offered[j] as number
    return offer >= 0 && judge.meet(offer, want, strictness)
  }
}

/** Whether a call finds its answer while both stand; nobody who is not deployed misses anything, not even itself. */
function meets(client: Actor, own: number, server: Actor, other: number, works: Works): boolean {
  return (client === server && server.states[other] === null) || works(own, other)
}

/** Makes a link only where there is something to mark on it. */
function markBad(client: Actor, server: Actor, contract: ContractName, works: Works, link: Links['between']): void {
  let marked: Writable | undefined
  const [rows, columns] = [client.states.length, server.states.length]
  const clientFirst = client.piece < server.piece
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      if (works(i, j)) continue
      marked ??= link(client, server)
      marked.bad[clientFirst ? i * columns + j : j * rows + i] = 1
    }
  }
  marked?.calls.push({contract, fromA: clientFirst})
}

/** Members of one cluster run old and new at once: states must get on with themselves, moves with both their ends. */
function keepToItself(actor: Actor, keep: Uint8Array, works: Works): void {
  const deployed = (state: number): boolean => actor.states[state] !== null
  for (let i = 0; i < actor.states.length; i++) if (deployed(i) && !works(i, i)) keep[i] = 0
  actor.moves = actor.moves.map((moves, i) =>
    moves.filter(({to}) => !deployed(i) || !deployed(to) || (works(i, to) && works(to, i))),
  )
}

/** What no contract says: who waits for whom to be finished, and who keeps apart from whom. */
function orders(question: Question, moving: readonly Actor[], link: Links['between']): void {
  const byName = new Map(moving.map(actor => [actor.name, actor]))
  for (const actor of moving) {
    for (const name of actor.service.after) {
      const other = byName.get(name)
      if (!other) continue
      if (other === actor) bug(`${name} is to move after itself`)
      const order = link(actor, other)
      if (order.a === actor.piece) order.aAfterB = true
      else order.bAfterA = true
    }
  }
  for (const list of question.system.apart) {
    const present = [...new Set(list)].flatMap(name => byName.get(name) ?? [])
    for (const [index, a] of present.entries()) {
      for (const b of present.slice(index + 1)) link(a, b).apart = true
    }
  }
}
