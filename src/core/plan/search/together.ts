import {type Board, clash, otherEnd, statesOf} from '../board/board.ts'
import type {Budget} from '../budget.ts'
import {cheapIn} from './cheap.ts'
import type {Bond} from '../board/links.ts'
import {eachOpening, type Openings} from './openings.ts'
import {type Found, searchJointly} from './search.ts'
import type {Timed} from './waves.ts'

/**
 * The fewest waves of all cheapest plans, for a handful of pieces: from wave to wave, every position that some set of
 * moves leads to which may be made at once and does not leave what is cheapest. Breadth first, so whoever comes to the
 * goal has taken the fewest waves. Undefined where there is too much to look at.
 */
export function fewestTogether(board: Board, budget: Budget): Timed | undefined {
  if (board.pieces.length > HANDFUL) return undefined
  const found = searchJointly(board, budget)
  if (found.is !== 'found' || !found.allAsCheap()) return undefined
  const cheap = cheapIn(board, found)
  if (!cheap) return undefined
  const {known, goal} = found
  const from = new Int32Array(known.count()).fill(-1)
  let front = [0]
  for (from[0] = 0; front.length > 0 && from[goal] === -1; ) {
    const next: number[] = []
    for (const node of front) {
      if (budget.spent()) return undefined
      eachWave(board, found, node, to => {
        if (!cheap.has(to) || from[to] !== -1) return
        from[to] = node
        next.push(to)
      })
    }
    front = next
  }
  return timed(board, found, from)
}

/** More pieces than this make too many sets. */
const HANDFUL = 12

/** Calls with each position that one wave leads to, at no more than its price. */
function eachWave(board: Board, {openings, known}: Found, node: number, visit: (to: number) => void): void {
  const at = new Uint16Array(board.pieces.length)
  known.read(node, at)
  const choices = board.pieces.map((_, piece) => {
    const to: number[] = []
    eachOpening(openings, piece, at, state => to.push(state))
    return to
  })
  const then = at.slice()
  const spread = (piece: number, cost: number): void => {
    if (piece === at.length) {
      const to = known.find(then)
      if (to >= 0 && to !== node && known.spent(to) === known.spent(node) + cost) visit(to)
      return
    }
    spread(piece + 1, cost)
    for (const state of choices[piece] as readonly number[]) {
      then[piece] = state
      if (atOnce(board, piece, at, then))
        spread(piece + 1, cost + priceOf(board, openings, piece, at[piece] as number, state))
    }
    then[piece] = at[piece] as number
  }
  spread(0, 0)
}

function priceOf(board: Board, openings: readonly Openings[], piece: number, from: number, to: number): number {
  return (openings[piece] as Openings).costs[from * statesOf(board, piece) + to] as number
}

/** Whether a piece may move in one wave with those before it that move. Each may move alone, so only their ends can clash. */
function atOnce(board: Board, piece: number, at: Uint16Array, then: Uint16Array): boolean {
  return (board.linksOf[piece] as readonly number[]).every(link => {
    const other = otherEnd(board, link, piece)
    const {apart, aAfterB, bAfterA} = board.links.bonds[link] as Bond
    if (other > piece || at[other] === then[other]) return true
    if (apart || aAfterB || bAfterA) return false
    return !clash(board, link, piece, then[piece] as number, then[other] as number)
  })
}

/** The walks and their waves along the positions that lead to the goal. */
function timed(board: Board, {known, goal}: Found, from: Int32Array): Timed {
  const line = [goal]
  for (let node = goal; node !== 0; node = from[node] as number) line.push(from[node] as number)
  line.reverse()
  const at = new Uint16Array(board.pieces.length)
  const walks: number[][] = board.pieces.map(piece => [piece.start])
  const waves: number[][] = board.pieces.map(() => [])
  for (const [wave, node] of line.entries()) {
    known.read(node, at)
    for (const [piece, walk] of walks.entries()) {
      if (walk.at(-1) === at[piece]) continue
      walk.push(at[piece] as number)
      waves[piece]?.push(wave)
    }
  }
  const schedule = {is: 'ordered', waves: Int32Array.from(waves.flat()), count: line.length - 1, proven: true} as const
  return {walks, schedule}
}
