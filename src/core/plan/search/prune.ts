import {type Board, narrow, otherEnd, type Piece} from '../board/board.ts'
import {circles} from '../order/circles.ts'
import {fromGoal, fromStart, type Reach} from './reach.ts'

/** A board with only those states that may be in a plan, or pieces that are enough to say that there is no plan. */
export type Pruned = {readonly board: Board} | {readonly stuck: readonly number[]}

/** Takes away what cannot be reached from the start, or from where the goal cannot be, until nothing more goes. */
export function prune(whole: Board): Pruned {
  let now = whole
  for (;;) {
    const [there, back] = [fromStart(now), fromGoal(now)]
    const stuck = stuckIn(now, there, piece => piece.goal) ?? stuckIn(now, back, piece => piece.start)
    if (stuck) return {stuck}
    const next = narrow(now, inBoth(now, there, back))
    if (next === now) return {board: now}
    now = next
  }
}

function inBoth(board: Board, there: Reach, back: Reach): readonly Uint8Array[] {
  return board.pieces.map((piece, number) => {
    const keep = new Uint8Array(piece.states.length)
    for (let state = 0; state < keep.length; state++) {
      keep[state] = there.since(number, state) >= 0 && back.since(number, state) >= 0 ? 1 : 0
    }
    return keep
  })
}

/**
 * Of the pieces that do not get to an end of their way, a set that is stuck by its own doing: following who is shut out
 * by whom, the circle, or the pair, where that stops. Undefined where everybody gets there.
 */
function stuckIn(board: Board, reach: Reach, end: (piece: Piece) => number): readonly number[] | undefined {
  const stuck = board.pieces.map((piece, number) => reach.since(number, end(piece)) < 0)
  if (!stuck.includes(true)) return undefined
  const waits = reach.shut().filter(({piece}) => stuck[piece])
  const {of} = circles(
    board.pieces.length,
    waits.flatMap(({piece, link}) => [piece, otherEnd(board, link, piece)]),
  )
  // Components come out with those first that lead nowhere else: the first with a stuck piece is where waiting stops.
  const circle = of.reduce((first, each, piece) => (stuck[piece] ? Math.min(first, each) : first), Infinity)
  const members = [...of.keys()].filter(piece => of[piece] === circle)
  const outside = waits.filter(({piece}) => of[piece] === circle).map(({piece, link}) => otherEnd(board, link, piece))
  return [...new Set([...members, ...outside])].sort((a, b) => a - b)
}
