import {
  type Board,
  clash,
  type Link,
  type Move,
  narrow,
  otherEnd,
  type Piece,
  reversedMoves,
  waitsForGoal,
} from './board.ts'

/**
 * Where each piece could get if what others did once stayed true for ever: the planning community's "delete
 * relaxation" (Bonet and Geffner, Planning as heuristic search, 2001). A state that is out of reach even so is in no
 * plan, and the number of rounds it takes is a lower bound of the waves it takes.
 */
export interface Reach {
  /** Per piece and state, the first wave after which it may stand there; -1 where it never does. */
  readonly since: readonly Int32Array[]
  /** Moves that stayed shut, each with the link that shut it last. */
  readonly shut: readonly Shut[]
}

export interface Shut {
  readonly piece: number
  readonly from: number
  readonly to: number
  readonly link: Link
}

/** What can be reached from where everybody starts. */
export function fromStart(board: Board): Reach {
  return spread(board, piece => piece.start, forwards)
}

/** From where the goal can be reached: the same, walked backwards. */
export function fromGoal(board: Board): Reach {
  return spread(board, piece => piece.goal, reversedMoves)
}

/** The board with only those states that may be in a plan. Undefined where somebody's start or goal is not among them. */
export function reachable(whole: Board): Board | undefined {
  let now = whole
  for (;;) {
    const [there, back] = [fromStart(now), fromGoal(now)]
    const keep = there.since.map((since, piece) =>
      Uint8Array.from(since, (wave, state) => (wave >= 0 && (back.since[piece] as Int32Array)[state]! >= 0 ? 1 : 0)),
    )
    if (!now.pieces.every(({start, goal}, piece) => keep[piece]?.[start] === 1 && keep[piece]?.[goal] === 1))
      return undefined
    const next = narrow(now, keep)
    if (next === now) return now
    now = next
  }
}

/** No plan has fewer waves than this. */
export function fewestWaves(board: Board): number {
  const {since} = fromStart(board)
  return Math.max(0, ...board.pieces.map((piece, number) => (since[number] as Int32Array)[piece.goal] as number))
}

type Moves = readonly (readonly Move[])[]

const forwards = (piece: Piece): Moves => piece.moves

/**
 * Round by round: a move is open when every neighbour has been somewhere that fits both of its ends. A shut move waits
 * at the link that shuts it and is looked at again only when that neighbour gets somewhere new, so the whole takes
 * time in proportion to links and states.
 */
function spread(board: Board, from: (piece: Piece) => number, movesOf: (piece: Piece) => Moves): Reach {
  const since = board.pieces.map(piece => new Int32Array(piece.states.length).fill(-1))
  const moves = board.pieces.map(movesOf)
  const waiting: Waiting[][] = board.pieces.map(() => [])
  let arrived: [piece: number, state: number][] = []
  board.pieces.forEach((piece, number) => {
    ;(since[number] as Int32Array)[from(piece)] = 0
    arrived.push([number, from(piece)])
  })

  for (let wave = 1; arrived.length > 0; wave++) {
    const next: [number, number][] = []
    const look = (move: Waiting): void => {
      const own = since[move.piece] as Int32Array
      if ((own[move.to] as number) >= 0) return
      const shutBy = firstShut(board, since, move, wave)
      if (shutBy < 0) {
        own[move.to] = wave
        next.push([move.piece, move.to])
      } else {
        const link = board.links[board.linksOf[move.piece]?.[shutBy] as number] as Link
        waiting[otherEnd(link, move.piece)]?.push({...move, link: shutBy})
      }
    }
    for (const piece of new Set(arrived.map(([piece]) => piece))) {
      const again = waiting[piece] as Waiting[]
      waiting[piece] = []
      for (const move of again) look(move)
    }
    for (const [piece, state] of arrived) {
      for (const {to} of moves[piece]?.[state] ?? []) look({piece, from: state, to, link: 0})
    }
    arrived = next
  }
  return {since, shut: shutMoves(board, since, waiting)}
}

/** A move that waits at one of its piece's links; those before it are open already. */
interface Waiting {
  readonly piece: number
  readonly from: number
  readonly to: number
  /** Place in `linksOf`. */
  readonly link: number
}

/** The place of the first link that is shut for a move in this wave, or -1. */
function firstShut(
  board: Board,
  since: readonly Int32Array[],
  {piece, from, to, link: first}: Waiting,
  wave: number,
): number {
  const links = board.linksOf[piece] as readonly number[]
  for (let place = first; place < links.length; place++) {
    const link = board.links[links[place] as number] as Link
    const other = otherEnd(link, piece)
    const reached = since[other] as Int32Array
    const been = (state: number): boolean => (reached[state] as number) >= 0 && (reached[state] as number) < wave
    if (waitsForGoal(link, piece) && !been((board.pieces[other] as Piece).goal)) return place
    let open = false
    for (let state = 0; state < reached.length && !open; state++) {
      open = been(state) && !clash(board, link, piece, from, state) && !clash(board, link, piece, to, state)
    }
    if (!open) return place
  }
  return -1
}

function shutMoves(
  board: Board,
  since: readonly Int32Array[],
  waiting: readonly (readonly Waiting[])[],
): readonly Shut[] {
  return waiting.flat().flatMap(({piece, from, to, link}) => {
    if (((since[piece] as Int32Array)[to] as number) >= 0) return []
    return [{piece, from, to, link: board.links[board.linksOf[piece]?.[link] as number] as Link}]
  })
}
