import {type Board, statesOf} from '../board/board.ts'
import type {Found} from './search.ts'
import {eachOpening, type Openings} from './openings.ts'
import type {Positions} from './positions.ts'

/** What one piece does in any of the cheapest plans of its group. */
export interface Cheap {
  /** Every move it makes in one of them, as `from * states + to`. */
  readonly moves: ReadonlySet<number>
  /** The most that its own moves cost in one of them. */
  readonly most: number
}

/** All cheapest plans. */
export interface AllCheap {
  readonly pieces: readonly Cheap[]
  /** Whether a position lies on one of them. */
  readonly has: (node: number) => boolean
}

/**
 * Reads all cheapest plans off a finished search, from the goal back: a position lies on one when a move leads from it,
 * at exactly its price, to another that does. Undefined where there are too many positions to note something on each.
 */
export function cheapIn(board: Board, {openings, known, goal}: Found): AllCheap | undefined {
  const width = board.pieces.length
  const line = positionsWithin(known, known.spent(goal))
  if (line.length * width > NOTES) return undefined
  const moves = board.pieces.map(() => new Set<number>())
  /** Per position on a cheapest plan, from 1 on, what each piece still pays at most. */
  const most = new Float64Array((line.length + 1) * width)
  const place = new Int32Array(known.count())
  place[goal] = 1
  let found = 1
  const at = new Uint16Array(width)
  for (const node of line) {
    known.read(node, at)
    for (let piece = 0; piece < width; piece++) {
      const from = at[piece] as number
      const size = statesOf(board, piece)
      eachOpening(openings, piece, at, to => {
        at[piece] = to
        const next = known.find(at)
        at[piece] = from
        const cost = (openings[piece] as Openings).costs[from * size + to] as number
        if (next < 0 || place[next] === 0 || known.spent(next) !== known.spent(node) + cost) return
        if (place[node] === 0) place[node] = ++found
        moves[piece]?.add(from * size + to)
        for (let each = 0; each < width; each++) {
          const here = (place[node] as number) * width + each
          const rest = (most[(place[next] as number) * width + each] as number) + (each === piece ? cost : 0)
          most[here] = Math.max(most[here] as number, rest)
        }
      })
    }
  }
  const root = (place[0] as number) * width
  return {
    pieces: moves.map((own, piece) => ({moves: own, most: most[root + piece] as number})),
    has: node => (place[node] as number) > 0,
  }
}

/** Numbers to note, at most: some 60 MB. */
const NOTES = 8_000_000

/** The positions that may lie on a plan of this cost, the last ones first. */
function positionsWithin(known: Positions, cost: number): readonly number[] {
  const line: number[] = []
  for (let node = 0; node < known.count(); node++) {
    if (known.closed(node) && known.spent(node) + known.left(node) <= cost) line.push(node)
  }
  return line.sort((a, b) => known.spent(b) - known.spent(a))
}
