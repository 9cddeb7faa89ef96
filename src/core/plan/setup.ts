import {bug} from '../base/bug.ts'
import type {Question} from '../graph/system.ts'
import {type Actor, actorsOf, type Stops} from './actors.ts'
import {board, type Board, type Link, narrow, type Piece} from './board.ts'
import {type Called, eachCall, type Works} from './lines.ts'
import {type Tables, tables} from './tables.ts'

/**
 * The board of a question: one piece for each service of `target`. Services that stand still, and the clusters whose
 * members talk to each other, have their say here, once, by which states and moves they leave.
 */
export function setUp(question: Question, stops: Stops): SetUp {
  const actors = actorsOf(question, stops)
  const moving = actors.filter(actor => actor.moving)
  const links = linksAmong(moving)
  const left = statesLeft(moving)
  let [clashesAtStart, clashesAtGoal] = [false, false]
  const clashes = tables()
  eachCall(question, actors, (client, called, works) => {
    const {server} = called
    clashesAtStart ||= !meets(client, client.start, server, server.start, works)
    clashesAtGoal ||= !meets(client, client.goal, server, server.goal, works)
    if (client === server) {
      if (client.moving) keepToItself(client, works, left)
    } else if (client.moving && server.moving) {
      markBad(client, called, works, links.between, clashes)
    } else if (client.moving) {
      for (let i = 0; i < client.states.length; i++) if (!works(i, 0)) left.drop(client, i)
    } else if (server.moving) {
      for (let j = 0; j < server.states.length; j++) if (!works(0, j)) left.drop(server, j)
    }
  })
  orders(question, moving, links.between)
  const pieces = moving.map(({name, states, start, goal, moves}): Piece => ({name, states, start, goal, moves}))
  const whole = board(pieces, links.all())
  const keep = left.flags()
  return {board: keep ? narrow(whole, keep) : whole, clashesAtStart, clashesAtGoal}
}

/** A board, and whether anything clashes before the first move or after the last, which nobody can plan away. */
export interface SetUp {
  readonly board: Board
  readonly clashesAtStart: boolean
  readonly clashesAtGoal: boolean
}

/** The states that those who never change leave to those who move. */
interface Left {
  /** But for start and goal: what clashes at the ends is answered before anybody moves. */
  readonly drop: (actor: Actor, state: number) => void
  /** By piece, 1 for each state that is left; undefined where all are, as in most systems. */
  readonly flags: () => readonly Uint8Array[] | undefined
}

function statesLeft(moving: readonly Actor[]): Left {
  let flags: readonly Uint8Array[] | undefined
  return {
    drop: ({piece, start, goal}, state) => {
      if (state === start || state === goal) return
      flags ??= moving.map(actor => new Uint8Array(actor.states.length).fill(1))
      ;(flags[piece] as Uint8Array)[state] = 0
    },
    flags: () => flags,
  }
}

/** Links are made when there is first something to say on them. */
interface Links {
  readonly between: (a: Actor, b: Actor) => Writable
  /** In the order of their pieces. */
  readonly all: () => readonly Link[]
}

type Writable = {-readonly [Key in keyof Link]: Link[Key]}

function linksAmong(moving: readonly Actor[]): Links {
  const known = new Map<number, Writable>()
  const between = (one: Actor, two: Actor): Writable => {
    const low = one.piece < two.piece ? one : two
    const high = low === one ? two : one
    const key = low.piece * moving.length + high.piece
    const link = known.get(key)
    if (link) return link
    const made = {a: low.piece, b: high.piece, bad: [], aAfterB: false, bAfterA: false, apart: false, calls: []}
    known.set(key, made)
    return made
  }
  return {between, all: () => inOrder(known)}
}

/** By the numbers of their pieces, which is by name: the same whatever the order in the files. */
function inOrder(links: ReadonlyMap<number, Link>): readonly Link[] {
  const keys = new Float64Array(links.size)
  let count = 0
  links.forEach((_, key) => (keys[count++] = key))
  keys.sort()
  const sorted = new Array<Link>(count)
  for (let place = 0; place < count; place++) sorted[place] = links.get(keys[place] as number) as Link
  return sorted
}

/** Whether a call finds its answer while both stand; nobody who is not deployed misses anything, not even itself. */
function meets(client: Actor, own: number, server: Actor, other: number, works: Works): boolean {
  return (client === server && server.states[other] === null) || works(own, other)
}

/** Makes a link only where there is something to mark on it. */
function markBad(client: Actor, called: Called, works: Works, link: Links['between'], {blank, shared}: Tables): void {
  const {server} = called
  const isA = client.piece < server.piece
  const rows = client.states.length
  const columns = server.states.length
  const bad = blank(rows * columns)
  let clashes = false
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      if (works(i, j)) continue
      bad[isA ? i * columns + j : j * rows + i] = 1
      clashes = true
    }
  }
  if (!clashes) return
  const marked = link(client, server)
  const calls = isA ? called.fromA : called.fromB
  if (marked.calls.length > 0) for (let cell = 0; cell < bad.length; cell++) if (marked.bad[cell] === 1) bad[cell] = 1
  marked.bad = shared(bad)
  marked.calls = marked.calls.length === 0 ? calls : [...marked.calls, ...calls]
}

/** Members of one cluster run old and new at once: states must get on with themselves, moves with both their ends. */
function keepToItself(actor: Actor, works: Works, left: Left): void {
  const deployed = (state: number): boolean => actor.states[state] !== null
  for (let i = 0; i < actor.states.length; i++) if (deployed(i) && !works(i, i)) left.drop(actor, i)
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
