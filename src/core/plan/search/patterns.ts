import {type Board, clash, otherEnd, part, type Piece, reversedMoves, waitsForGoal} from '../board/board.ts'
import {queue} from './queue.ts'

/**
 * The true cost of the way that is left for a few pieces of a board, for every way they can stand, as if the others were
 * not there. Patterns that share no piece may be added up, and never promise too much: "disjoint pattern databases"
 * (Korf and Felner 2002).
 */
export interface Pattern {
  readonly pieces: readonly number[]
  /** What one state more of each of the pieces adds to the place in the table. */
  readonly strides: readonly number[]
  readonly costs: Float64Array
}

/** Tables for all pieces of a board, in patterns of neighbours as large as a small table allows. */
export function patternsOf(board: Board): readonly Pattern[] {
  const taken = new Uint8Array(board.pieces.length)
  return byDegree(board).flatMap(first => {
    if (taken[first] === 1) return []
    return [patternOf(board, neighbourhood(board, first, taken))]
  })
}

/** What the pieces of a board cost at least, all together. */
export function leastCost(board: Board): number {
  const start = Uint16Array.from(board.pieces, piece => piece.start)
  return patternsOf(board).reduce((sum, pattern) => sum + costIn(pattern, start), 0)
}

/** What a pattern says of the way that is left while its pieces stand as in `at`. */
export function costIn(pattern: Pattern, at: Uint16Array): number {
  return pattern.costs[placeIn(pattern, at)] as number
}

export function placeIn({pieces, strides}: Pattern, at: Uint16Array): number {
  let place = 0
  for (let index = 0; index < pieces.length; index++) {
    place += (at[pieces[index] as number] as number) * (strides[index] as number)
  }
  return place
}

/** Joint states in one table. Ten tables of this size are filled in a moment. */
const TABLE = 4096

function byDegree(board: Board): readonly number[] {
  const degree = (piece: number): number => (board.linksOf[piece] as readonly number[]).length
  return board.pieces.map((_, piece) => piece).sort((a, b) => degree(b) - degree(a) || a - b)
}

/** A piece and the neighbours, and theirs, that fit into one table with it, closest first. */
function neighbourhood(board: Board, first: number, taken: Uint8Array): readonly number[] {
  const members: number[] = []
  const line = [first]
  const seen = new Set(line)
  let size = 1
  for (let head = 0; head < line.length; head++) {
    const piece = line[head] as number
    const states = (board.pieces[piece] as Piece).states.length
    if (members.length > 0 && size * states > TABLE) continue
    size *= states
    taken[piece] = 1
    members.push(piece)
    for (const link of board.linksOf[piece] as readonly number[]) {
      const other = otherEnd(board, link, piece)
      if (taken[other] === 1 || seen.has(other)) continue
      seen.add(other)
      line.push(other)
    }
  }
  return members
}

function patternOf(whole: Board, pieces: readonly number[]): Pattern {
  const sorted = pieces.toSorted((a, b) => a - b)
  const small = part(whole, sorted)
  const strides: number[] = []
  let size = 1
  for (const piece of small.pieces) {
    strides.push(size)
    size *= piece.states.length
  }
  return {pieces: sorted, strides, costs: costsToGoals(small, strides, size)}
}

/** Dijkstra's algorithm from the goal of all, backwards, over every way the pieces can stand. */
function costsToGoals(board: Board, strides: readonly number[], size: number): Float64Array {
  const costs = new Float64Array(size).fill(Infinity)
  const moves = board.pieces.map(reversedMoves)
  const at = new Uint16Array(board.pieces.length)
  const open = queue()
  const goal = board.pieces.reduce((sum, piece, number) => sum + piece.goal * (strides[number] as number), 0)
  costs[goal] = 0
  open.push(0, goal)
  while (open.least() < Infinity) {
    const cost = open.least()
    const place = open.pop()
    if ((costs[place] as number) < cost) continue
    for (const [number, piece] of board.pieces.entries()) {
      at[number] = Math.floor(place / (strides[number] as number)) % piece.states.length
    }
    for (const [number, stride] of strides.entries()) {
      const to = at[number] as number
      for (const move of moves[number]?.[to] ?? []) {
        const from = place + (move.to - to) * stride
        if ((costs[from] as number) <= cost + move.cost || !mayMove(board, number, move.to, to, at)) continue
        costs[from] = cost + move.cost
        open.push(cost + move.cost, from)
      }
    }
  }
  return costs
}

/** Whether a piece may go from one state to another while the others stand as in `at`. */
function mayMove(board: Board, piece: number, from: number, to: number, at: Uint16Array): boolean {
  return (board.linksOf[piece] as readonly number[]).every(link => {
    const other = otherEnd(board, link, piece)
    const there = at[other] as number
    if (waitsForGoal(board, link, piece) && there !== (board.pieces[other] as Piece).goal) return false
    return !clash(board, link, piece, from, there) && !clash(board, link, piece, to, there)
  })
}
