import {bug} from '../base/bug.ts'
import type {ContractName, Question} from '../graph/system.ts'
import {type Actor, actorsOf, type Stops} from './actors.ts'
import {board, type Board, type CallOn, type Link, narrow, type Piece} from './board.ts'
import {eachCall, type Works} from './lines.ts'

/**
 * The board of a question: one piece for each service of `target`. Services that stand still, and the clusters whose
 * members talk to each other, have their say here, once, by which states and moves they leave.
 */
export function setUp(question: Question, stops: Stops): SetUp {
  const actors = actorsOf(question, stops)
  const moving = actors.filter(actor => actor.moving)
  const links = linksAmong(moving)
  const keep = moving.map(actor => new Uint8Array(actor.states.length).fill(1))
  let [clashesAtStart, clashesAtGoal] = [false, false]
  eachCall(question, actors, ({client, server, contract, works}) => {
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

/** A board, and whether anything clashes before the first move or after the last, which nobody can plan away. */
export interface SetUp {
  readonly board: Board
  readonly clashesAtStart: boolean
  readonly clashesAtGoal: boolean
}

/** Links are made when there is first something to say on them. */
interface Links {
  readonly between: (a: Actor, b: Actor) => Writable
  /** In the order of their pieces. */
  readonly all: () => readonly Link[]
}

type Writable = {-readonly [Key in keyof Link]: Link[Key]} & {readonly bad: number[]; readonly calls: CallOn[]}

function linksAmong(moving: readonly Actor[]): Links {
  const known = new Map<number, Writable>()
  const between = (one: Actor, two: Actor): Writable => {
    const low = one.piece < two.piece ? one : two
    const high = low === one ? two : one
    const key = low.piece * moving.length + high.piece
    const link = known.get(key)
    if (link) return link
    const bad = new Array<number>(low.states.length * high.states.length).fill(0)
    const made = {a: low.piece, b: high.piece, bad, aAfterB: false, bAfterA: false, apart: false, calls: []}
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
  const sorted: Link[] = []
  for (const key of keys.sort()) sorted.push(links.get(key) as Link)
  return sorted
}

/** Whether a call finds its answer while both stand; nobody who is not deployed misses anything, not even itself. */
function meets(client: Actor, own: number, server: Actor, other: number, works: Works): boolean {
  return (client === server && server.states[other] === null) || works(own, other)
}

/** Makes a link only where there is something to mark on it. */
function markBad(client: Actor, server: Actor, contract: ContractName, works: Works, link: Links['between']): void {
  let marked: Writable | undefined
  const rows = client.states.length
  const columns = server.states.length
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
