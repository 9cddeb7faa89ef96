import {type Board, statesOf, type Walk} from './board.ts'
import type {Budget} from './budget.ts'
import {eachOpening, type Openings, openingsOf} from './openings.ts'
import {type Pattern, patternsOf} from './patterns.ts'
import {type Positions, positions} from './positions.ts'
import {queue} from './queue.ts'

/** What a search over all pieces of a board at once came to. */
export type Joint =
  | {
      readonly is: 'solved'
      readonly walks: readonly Walk[]
      readonly cost: number
      /** Per piece the moves (`from * states + to`) of all cheapest plans; undefined where there are too many plans to look. */
      readonly moves: readonly ReadonlySet<number>[] | undefined
    }
  | {readonly is: 'impossible'}
  /** Out of time or room: nothing is known. */
  | {readonly is: 'tired'}

/**
 * The cheapest safe way of all pieces of a board to their goals, one move at a time: A* (Hart, Nilsson and Raphael
 * 1968) over how all of them stand, led by pattern tables. Exact; meant for knots, which are small. One move at a time
 * is enough, for a wave is safe exactly when its moves are safe in every order.
 */
export function solveJointly(board: Board, budget: Budget): Joint {
  const openings = openingsOf(board)
  const patterns = patternsOf(board)
  const known = positions(board.pieces.length)
  const open = queue()
  const start = Uint16Array.from(board.pieces, piece => piece.start)
  const goal = Uint16Array.from(board.pieces, piece => piece.goal)
  const root = known.add(start, 0, estimate(patterns, start), -1)
  if (known.left(root) === Infinity) return {is: 'impossible'}
  open.push(known.left(root), root)
  const at = start.slice()
  const places = new Int32Array(patterns.length)
  const patternOf = patternPlaces(board, patterns)

  const expand = (node: number): void => {
    known.read(node, at)
    for (const [each, pattern] of patterns.entries()) places[each] = placeIn(pattern, at)
    const spent = known.spent(node)
    const left = known.left(node)
    for (let piece = 0; piece < at.length; piece++) {
      const from = at[piece] as number
      const {pattern, stride} = patternOf[piece] as PatternPlace
      const {costs} = patterns[pattern] as Pattern
      const place = places[pattern] as number
      eachOpening(openings, piece, at, to => {
        const then = left - (costs[place] as number) + (costs[place + (to - from) * stride] as number)
        if (then === Infinity) return
        const cost = spent + ((openings[piece] as Openings).costs[from * statesOf(board, piece) + to] as number)
        at[piece] = to
        const next = known.find(at)
        if (next < 0) {
          if (!known.full()) open.push(cost + then, known.add(at, cost, then, node))
        } else if (cost < known.spent(next)) {
          known.improve(next, cost, node)
          open.push(cost + then, next)
        }
        at[piece] = from
      })
    }
  }

  /** Goes on to the end of what promises no more than the goal; false where that is too much. */
  const allAsCheap = (): boolean => {
    const cost = known.spent(found)
    for (let looked = 0; open.least() <= cost; ) {
      const node = open.pop()
      if (known.closed(node) || known.spent(node) + known.left(node) > cost) continue
      known.close(node)
      if (looked++ > PLANS_LOOKED_AT || known.full() || budget.spent()) return false
      expand(node)
    }
    return true
  }

  let found = -1
  for (;;) {
    const promise = open.least()
    if (promise === Infinity) return {is: 'impossible'}
    const node = open.pop()
    if (known.closed(node) || known.spent(node) + known.left(node) < promise) continue
    known.close(node)
    if (known.is(node, goal)) {
      found = node
      break
    }
    if (known.full() || budget.spent()) return {is: 'tired'}
    expand(node)
  }
  const cost = known.spent(found)
  const walks = walksTo(board, known, found)

  return {is: 'solved', walks, cost, moves: allAsCheap() ? cheapMoves(board, openings, known, found) : undefined}
}

/** More positions than this on cheapest plans, and they are not all looked at. */
const PLANS_LOOKED_AT = 200_000

/** The moves of all cheapest plans: those that lead from one position on such a plan to another, found from the goal back. */
function cheapMoves(
  board: Board,
  openings: readonly Openings[],
  known: Positions,
  goal: number,
): readonly ReadonlySet<number>[] {
  const moves = board.pieces.map(() => new Set<number>())
  const cheap: number[] = []
  for (let node = 0; node < known.count(); node++) {
    if (known.closed(node) && known.spent(node) + known.left(node) === known.spent(goal)) cheap.push(node)
  }
  const leads = new Uint8Array(known.count())
  leads[goal] = 1
  const at = new Uint16Array(board.pieces.length)
  for (const node of cheap.sort((a, b) => known.spent(b) - known.spent(a))) {
    known.read(node, at)
    for (let piece = 0; piece < at.length; piece++) {
      const from = at[piece] as number
      const size = statesOf(board, piece)
      eachOpening(openings, piece, at, to => {
        at[piece] = to
        const next = known.find(at)
        at[piece] = from
        const cost = (openings[piece] as Openings).costs[from * size + to] as number
        if (next < 0 || leads[next] === 0 || known.spent(next) !== known.spent(node) + cost) return
        leads[node] = 1
        moves[piece]?.add(from * size + to)
      })
    }
  }
  return moves
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

/** In which pattern a piece is, and what one state more adds to the place in its table. */
interface PatternPlace {
  readonly pattern: number
  readonly stride: number
}

function patternPlaces(board: Board, patterns: readonly Pattern[]): readonly PatternPlace[] {
  const places = new Array<PatternPlace>(board.pieces.length)
  for (const [pattern, {pieces, strides}] of patterns.entries()) {
    for (const [index, piece] of pieces.entries()) places[piece] = {pattern, stride: strides[index] as number}
  }
  return places
}

function placeIn({pieces, strides}: Pattern, at: Uint16Array): number {
  let place = 0
  for (let index = 0; index < pieces.length; index++) {
    place += (at[pieces[index] as number] as number) * (strides[index] as number)
  }
  return place
}

function estimate(patterns: readonly Pattern[], at: Uint16Array): number {
  return patterns.reduce((sum, pattern) => sum + (pattern.costs[placeIn(pattern, at)] as number), 0)
}
