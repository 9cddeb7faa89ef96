import type {Board, Walk} from '../board/board.ts'
import type {Budget} from '../budget.ts'
import {type Cheap, cheapIn} from './cheap.ts'
import type {Positions} from './positions.ts'
import {searchJointly} from './search.ts'

/** What a search over all pieces of a board at once came to. */
export type Joint =
  | {
      readonly is: 'solved'
      readonly walks: readonly Walk[]
      readonly cost: number
      /** What each piece does in any plan of this cost; undefined where there are too many plans to look. */
      readonly cheap: readonly Cheap[] | undefined
    }
  | {readonly is: 'impossible'}
  /** Out of time or room: nothing is known. */
  | {readonly is: 'tired'}

/** The cheapest walks of all pieces together, and what else is as cheap. */
export function solveJointly(board: Board, budget: Budget): Joint {
  const search = searchJointly(board, budget)
  if (search.is !== 'found') return search
  const {known, goal} = search
  const walks = walksTo(board, known, goal)
  return {
    is: 'solved',
    walks,
    cost: known.spent(goal),
    cheap: search.allAsCheap() ? cheapIn(board, search)?.pieces : undefined,
  }
}

/** The states each piece passes through on the way to a position. */
function walksTo(board: Board, known: Positions, end: number): readonly Walk[] {
  const line: number[] = []
  for (let node = end; node >= 0; node = known.parent(node)) line.push(node)
  const walks = board.pieces.map(piece => [piece.start])
  const at = new Uint16Array(board.pieces.length)
  for (const node of line.reverse()) {
    known.read(node, at)
    for (const [piece, walk] of walks.entries()) if (walk.at(-1) !== at[piece]) walk.push(at[piece] as number)
  }
  return walks
}
