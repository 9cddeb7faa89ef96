import {bug} from '../base/bug.ts'
import {byText} from '../base/order.ts'
import {serversOf, strictnessOf} from '../graph/compatible.ts'
import {speechOf} from '../graph/states.ts'
import type {ContractName, MaybeState, Question, Service, ServiceName} from '../graph/system.ts'
import {type Versions, versions} from '../graph/versions.ts'
import {board, type Board, hinders, type Link, type Move, narrow, type Piece} from './board.ts'
import {pathsOf} from './moves.ts'

/**
 * The board of a question: one piece for each service of `target`. Services that stand still, and the clusters whose
 * members talk to each other, have their say here, once, by which states and moves they leave.
 */
export function setUp(question: Question): SetUp {
  const judge = versions()
  const actors = actorsOf(question, judge)
  const moving = actors.filter(actor => actor.moving)
  const number = new Map(moving.map((actor, index) => [actor.name, index]))
  const keep = moving.map(actor => new Uint8Array(actor.states.length).fill(1))
  const links = new Map<number, Link>()
  const linkOf = (a: number, b: number): Link => {
    const [low, high] = a < b ? [a, b] : [b, a]
    const key = low * moving.length + high
    const known = links.get(key)
    if (known) return known
    const size = (moving[low] as Actor).states.length * (moving[high] as Actor).states.length
    const link = {a: low, b: high, bad: new Uint8Array(size), aAfterB: false, bAfterA: false, apart: false}
    links.set(key, link)
    return link
  }

  let [clashesAtStart, clashesAtGoal] = [false, false]
  for (const {client, server, contract} of calls(question, actors)) {
    const works = between(client, server, contract, strictnessOf(question.system, contract), judge)
    clashesAtStart ||= !meets(client, client.start, server, server.start, works)
    clashesAtGoal ||= !meets(client, client.goal, server, server.goal, works)
    const [c, s] = [number.get(client.name), number.get(server.name)]
    if (client === server) {
      if (c !== undefined) keepToItself(client, keep[c] as Uint8Array, works)
    } else if (c !== undefined && s !== undefined) {
      markBad(client, server, works, () => linkOf(c, s), c < s)
    } else if (c !== undefined) {
      for (let i = 0; i < client.states.length; i++) if (!works(i, 0)) (keep[c] as Uint8Array)[i] = 0
    } else if (s !== undefined) {
      for (let j = 0; j < server.states.length; j++) if (!works(0, j)) (keep[s] as Uint8Array)[j] = 0
    }
  }
  orders(question, number, linkOf)
  const pieces = moving.map(({name, states, start, goal, moves}): Piece => ({name, states, start, goal, moves}))
  for (const [index, piece] of pieces.entries()) {
    const flags = keep[index] as Uint8Array
    // What clashes at the ends is answered before anybody moves.
    flags[piece.start] = 1
    flags[piece.goal] = 1
  }
  const relevant = [...links.values()].filter(hinders).sort((x, y) => x.a - y.a || x.b - y.b)
  return {board: narrow(board(pieces, relevant), keep), clashesAtStart, clashesAtGoal}
}

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
  readonly states: readonly MaybeState[]
  readonly start: number
  readonly goal: number
  moves: readonly (readonly Move[])[]
  /** Numbers of what each state says on each contract; -1 where it says nothing. */
  readonly provides: ReadonlyMap<ContractName, Int32Array>
  readonly consumes: ReadonlyMap<ContractName, Int32Array>
}

function actorsOf(question: Question, judge: Versions): readonly Actor[] {
  const names = new Set([...question.current.keys(), ...question.target.keys()])
  return [...names].sort(byText).flatMap((name): Actor[] => {
    const service = question.system.services.get(name) ?? bug(`the system has no service ${name}`)
    const start = question.current.get(name) ?? null
    const wanted = question.target.get(name)
    if (wanted === undefined && start === null) return []
    if (wanted === null && start === null) return []
    const moving = wanted !== undefined
    const paths = moving ? pathsOf(service, start, wanted) : {states: [start], start: 0, goal: 0, moves: [[]]}
    return [{name, service, moving, ...paths, ...speeches(service, paths.states, judge)}]
  })
}

function speeches(service: Service, states: readonly MaybeState[], judge: Versions) {
  const provides = new Map<ContractName, Int32Array>()
  const consumes = new Map<ContractName, Int32Array>()
  const column = (columns: Map<ContractName, Int32Array>, contract: ContractName): Int32Array => {
    const known = columns.get(contract) ?? new Int32Array(states.length).fill(-1)
    columns.set(contract, known)
    return known
  }
  for (const [place, state] of states.entries()) {
    if (state === null) continue
    const speech = speechOf(service, state)
    for (const [contract, texts] of speech.provides) column(provides, contract)[place] = judge.provided(texts)
    for (const [contract, range] of speech.consumes) column(consumes, contract)[place] = judge.consumed(range)
  }
  return {provides, consumes}
}

interface Call {
  readonly client: Actor
  readonly server: Actor
  readonly contract: ContractName
}

/** Who calls whom, as far as anybody checks it: neither contracts from outside the system nor excused ones. */
function calls(question: Question, actors: readonly Actor[]): readonly Call[] {
  const servers = serversOf(question.system)
  const inPlay = new Map(actors.map(actor => [actor.name, actor]))
  const excused = new Set(question.excuses.map(each => JSON.stringify([each.client, each.server, each.contract])))
  return actors.flatMap(client =>
    [...client.consumes.keys()].flatMap((contract): Call[] => {
      const [name, second] = servers.get(contract) ?? []
      if (name === undefined) return []
      if (second !== undefined) bug(`${contract} is provided by ${name} and by ${second}`)
      if (excused.size > 0 && excused.has(JSON.stringify([client.name, name, contract]))) return []
      return [{client, server: inPlay.get(name) ?? absent(name, question), contract}]
    }),
  )
}

/** A service that is not deployed and stays so. */
function absent(name: ServiceName, question: Question): Actor {
  const service = question.system.services.get(name) ?? bug(`the system has no service ${name}`)
  const nothing = new Map<ContractName, Int32Array>()
  return {
    name,
    service,
    moving: false,
    states: [null],
    start: 0,
    goal: 0,
    moves: [[]],
    provides: nothing,
    consumes: nothing,
  }
}

type Works = (clientState: number, serverState: number) => boolean

/** Whether two states work together on one contract. */
function between(
  client: Actor,
  server: Actor,
  contract: ContractName,
  strictness: 'tolerant' | 'strict',
  judge: Versions,
): Works {
  const wanted = client.consumes.get(contract)
  const offered = server.provides.get(contract)
  return (i, j) => {
    const want = wanted?.[i] ?? -1
    if (want < 0) return true
    const offer = offered?.[j] ?? -1
    return offer >= 0 && judge.meet(offer, want, strictness)
  }
}

/** Whether a call finds its answer while both stand; nobody who is not deployed misses anything, not even itself. */
function meets(client: Actor, own: number, server: Actor, other: number, works: Works): boolean {
  return (client === server && server.states[other] === null) || works(own, other)
}

/** Makes a link only where there is something to mark on it. */
function markBad(client: Actor, server: Actor, works: Works, link: () => Link, clientFirst: boolean): void {
  let bad: Uint8Array | undefined
  const [rows, columns] = [client.states.length, server.states.length]
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      if (works(i, j)) continue
      bad ??= link().bad
      bad[clientFirst ? i * columns + j : j * rows + i] = 1
    }
  }
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
function orders(
  question: Question,
  number: ReadonlyMap<ServiceName, number>,
  linkOf: (a: number, b: number) => Link,
): void {
  type Writable = {-readonly [Key in keyof Link]: Link[Key]}
  for (const [name, own] of number) {
    for (const other of question.system.services.get(name)?.after ?? []) {
      const there = number.get(other)
      if (there === undefined) continue
      if (there === own) bug(`${name} is to move after itself`)
      const link = linkOf(own, there) as Writable
      if (link.a === own) link.aAfterB = true
      else link.bAfterA = true
    }
  }
  for (const list of question.system.apart) {
    const present = [...new Set(list)].flatMap(name => number.get(name) ?? [])
    for (const [index, a] of present.entries()) {
      for (const b of present.slice(index + 1)) (linkOf(a, b) as Writable).apart = true
    }
  }
}
