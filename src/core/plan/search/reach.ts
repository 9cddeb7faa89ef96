import {type Board, otherEnd, type Piece, waitsForGoal} from '../board/board.ts'
import type {Bond} from '../board/links.ts'

/**
 * Where each piece could get if what others did once stayed true for ever: the planning community's "delete
 * relaxation" (Bonet and Geffner, Planning as heuristic search, 2001). A state that is out of reach even so is in no
 * plan, and the number of rounds it takes is a lower bound of the waves it takes.
 */
export interface Reach {
  /** The first wave after which a piece may stand on a state; -1 where it never does. */
  readonly since: (piece: number, state: number) => number
  /** Who stayed shut out of a move, and the link that shut it last. */
  readonly shut: () => readonly Shut[]
}

/** What can be reached from where everybody starts. */
export function fromStart(board: Board): Reach {
  return spread(board, piece => piece.start, false)
}

/** A piece that stays shut out of a move, and the number of a link. */
interface Shut {
  readonly piece: number
  readonly link: number
}

/** From where the goal can be reached: the same, walked backwards. */
export function fromGoal(board: Board): Reach {
  return spread(board, piece => piece.goal, true)
}

/** No plan has fewer waves than this. */
export function fewestWaves(board: Board): number {
  const reach = fromStart(board)
  return board.pieces.reduce((most, piece, number) => Math.max(most, reach.since(number, piece.goal)), 0)
}

/**
 * Round by round: a move is open when every neighbour has been somewhere that fits both of its ends. A shut move waits
 * at the link that shuts it and is looked at again only when that neighbour gets somewhere new, so the whole takes
 * time in proportion to links and states.
 */
function spread(board: Board, origin: (piece: Piece) => number, backwards: boolean): Reach {
  const first = firstStates(board)
  const states = first[board.pieces.length] as number
  const moves = allMoves(board, first, backwards)
  const since = new Int32Array(states).fill(-1)
  /** Per move the place in `linksOf` of the first link that may be shut; those before it are open for good. */
  const place = new Int32Array(moves.piece.length)
  /** Moves that wait for news of a piece, as chains through `next`. */
  const waiting = new Int32Array(board.pieces.length).fill(-1)
  const next = new Int32Array(moves.piece.length).fill(-1)

  const open = (move: number, link: number, piece: number, wave: number): boolean => {
    const isA = board.links.a[link] === piece
    const other = otherEnd(board, link, piece)
    const {bad} = board.links.bonds[link] as Bond
    const start = first[other] as number
    const size = (first[other + 1] as number) - start
    if (waitsForGoal(board, link, piece) && !been(since[start + (board.pieces[other] as Piece).goal] as number, wave))
      return false
    const base = first[piece] as number
    const own = (first[piece + 1] as number) - base
    const [along, across] = isA ? [1, size] : [own, 1]
    const from = ((moves.from[move] as number) - base) * across
    const to = ((moves.to[move] as number) - base) * across
    for (let state = 0; state < size; state++) {
      if (bad[from + state * along] === 1 || bad[to + state * along] === 1) continue
      if (been(since[start + state] as number, wave)) return true
    }
    return false
  }
  const look = (move: number, wave: number, arrived: number[]): void => {
    const to = moves.to[move] as number
    if ((since[to] as number) >= 0) return
    const piece = moves.piece[move] as number
    const links = board.linksOf[piece] as readonly number[]
    let at = place[move] as number
    while (at < links.length && open(move, links[at] as number, piece, wave)) at++
    place[move] = at
    if (at === links.length) {
      since[to] = wave
      arrived.push(to)
      return
    }
    const other = otherEnd(board, links[at] as number, piece)
    next[move] = waiting[other] as number
    waiting[other] = move
  }

  let arrived: number[] = board.pieces.map((piece, number) => (first[number] as number) + origin(piece))
  for (const state of arrived) since[state] = 0
  for (let wave = 1; arrived.length > 0; wave++) {
    const news: number[] = []
    for (const state of arrived) {
      const piece = moves.owner[state] as number
      let move = waiting[piece] as number
      waiting[piece] = -1
      while (move >= 0) {
        const following = next[move] as number
        look(move, wave, news)
        move = following
      }
    }
    for (const state of arrived) {
      for (let move = moves.starts[state] as number; move < (moves.starts[state + 1] as number); move++)
        look(move, wave, news)
    }
    arrived = news
  }
  return {
    since: (piece, state) => since[(first[piece] as number) + state] as number,
    shut: () => shutMoves(board, moves, since, place),
  }
}

function been(since: number, wave: number): boolean {
  return since >= 0 && since < wave
}

/** The number of the first state of each piece among all states, and how many there are at the end. */
function firstStates(board: Board): Int32Array {
  const first = new Int32Array(board.pieces.length + 1)
  for (const [number, piece] of board.pieces.entries())
    first[number + 1] = (first[number] as number) + piece.states.length
  return first
}

/** All moves of a board in flat arrays, those of one state side by side. States have numbers across all pieces. */
interface Moves {
  readonly piece: Int32Array
  readonly from: Int32Array
  readonly to: Int32Array
  /** The number of the first move of each state. */
  readonly starts: Int32Array
  /** The piece of each state. */
  readonly owner: Int32Array
}

function allMoves(board: Board, first: Int32Array, backwards: boolean): Moves {
  const states = first[board.pieces.length] as number
  const starts = new Int32Array(states + 1)
  const owner = new Int32Array(states)
  const each = (visit: (piece: number, from: number, to: number) => void): void => {
    for (const [piece, {moves}] of board.pieces.entries()) {
      const base = first[piece] as number
      for (const [from, all] of moves.entries()) {
        for (const {to} of all) {
          const [start, end] = backwards ? [to, from] : [from, to]
          visit(piece, base + start, base + end)
        }
      }
    }
  }
  each((_, from) => (starts[from + 1] as number)++)
  for (let state = 0; state < states; state++) (starts[state + 1] as number) += starts[state] as number
  for (let piece = 0; piece < board.pieces.length; piece++) owner.fill(piece, first[piece], first[piece + 1])
  const free = starts.slice()
  const count = starts[states] as number
  const moves = {piece: new Int32Array(count), from: new Int32Array(count), to: new Int32Array(count)}
  each((piece, from, to) => {
    const move = (free[from] as number)++
    moves.piece[move] = piece
    moves.from[move] = from
    moves.to[move] = to
  })
  return {...moves, starts, owner}
}

function shutMoves(board: Board, moves: Moves, since: Int32Array, place: Int32Array): readonly Shut[] {
  const shut: Shut[] = []
  for (let move = 0; move < moves.piece.length; move++) {
    const [from, to] = [moves.from[move] as number, moves.to[move] as number]
    if ((since[from] as number) < 0 || (since[to] as number) >= 0) continue
    const piece = moves.piece[move] as number
    shut.push({piece, link: board.linksOf[piece]?.[place[move] as number] as number})
  }
  return shut
}
