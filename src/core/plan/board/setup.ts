import {bug} from '../../base/bug.ts'
import {type Hearing, hearingIn, type Line} from '../../graph/compatible.ts'
import type {Question} from '../../graph/system.ts'
import {type Actor, actorsOf, type Stops} from './actors.ts'
import {board, type Board, narrow, type Piece} from './board.ts'
import {eachCall, type Fit} from './lines.ts'
import {type Bond, type Calls, FREE, inOrder, linking, type Linking} from './links.ts'

/**
 * The board of a question: one piece for each service of `target`. Services that stand still, and the clusters whose
 * members talk to each other, have their say here, once, by which states and moves they leave.
 */
export function setUp(question: Question, stops: Stops): SetUp {
  const actors = actorsOf(question, stops)
  const moving = actors.filter(actor => actor.moving)
  const found = linking()
  const left = statesLeft(moving)
  let [clashesAtStart, clashesAtGoal] = [false, false]
  const callsOn = callsIn(hearingIn(question.system))
  eachCall(question, actors, (client, server, fit, line) => {
    if (!fit.clashes) return
    clashesAtStart ||= misses(client, client.start, server, server.start, fit)
    clashesAtGoal ||= misses(client, client.goal, server, server.goal, fit)
    if (client === server) {
      if (client.moving) keepToItself(client, fit, left)
    } else if (client.moving && server.moving) {
      const isA = client.piece < server.piece
      const [a, b] = isA ? [client, server] : [server, client]
      found.add(a.piece, b.piece, isA ? fit.fromA : fit.fromB, callsOn(line, isA))
    } else if (client.moving) {
      for (let i = 0; i < client.states.length; i++) if (!fit.works(i, 0)) left.drop(client, i)
    } else if (server.moving) {
      for (let j = 0; j < server.states.length; j++) if (!fit.works(0, j)) left.drop(server, j)
    }
  })
  orders(question, moving, found)
  const pieces = moving.map(({name, states, start, goal, moves}): Piece => ({name, states, start, goal, moves}))
  const whole = board(pieces, inOrder(found.links(), pieces.length))
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

/** Whether a call finds no answer while both stand; nobody who is not deployed misses anything, not even itself. */
function misses(client: Actor, own: number, server: Actor, other: number, fit: Fit): boolean {
  return (client !== server || server.states[other] !== null) && !fit.works(own, other)
}

/** What a link says of a line; the same for all links that a line is on. */
function callsIn({lines}: Hearing): (line: number, fromA: boolean) => Calls {
  const known = new Array<Calls | undefined>(2 * lines.length)
  return (line, fromA) => (known[2 * line + Number(fromA)] ??= [{contract: (lines[line] as Line).contract, fromA}])
}

/** Members of one cluster run old and new at once: states must get on with themselves, moves with both their ends. */
function keepToItself(actor: Actor, {works}: Fit, left: Left): void {
  const deployed = (state: number): boolean => actor.states[state] !== null
  for (let i = 0; i < actor.states.length; i++) if (deployed(i) && !works(i, i)) left.drop(actor, i)
  actor.moves = actor.moves.map((moves, i) =>
    moves.filter(({to}) => !deployed(i) || !deployed(to) || (works(i, to) && works(to, i))),
  )
}

/** What no contract says: who waits for whom to be finished, and who keeps apart from whom. */
function orders(question: Question, moving: readonly Actor[], {add}: Linking): void {
  const byName = new Map(moving.map(actor => [actor.name, actor]))
  for (const actor of moving) {
    for (const name of actor.service.after) {
      const other = byName.get(name)
      if (!other) continue
      if (other === actor) bug(`${name} is to move after itself`)
      if (actor.piece < other.piece) add(actor.piece, other.piece, A_AFTER_B, NO_CALLS)
      else add(other.piece, actor.piece, B_AFTER_A, NO_CALLS)
    }
  }
  for (const list of question.system.apart) {
    const present = [...new Set(list)].flatMap(name => byName.get(name)?.piece ?? []).sort((a, b) => a - b)
    for (const [index, a] of present.entries()) for (const b of present.slice(index + 1)) add(a, b, APART, NO_CALLS)
  }
}

const NO_CALLS: Calls = []
const A_AFTER_B: Bond = {...FREE, aAfterB: true}
const B_AFTER_A: Bond = {...FREE, bAfterA: true}
const APART: Bond = {...FREE, apart: true}
