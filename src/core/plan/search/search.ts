import {type Board, statesOf} from '../board/board.ts'
import type {Budget} from '../budget.ts'
import {eachOpening, type Openings, openingsOf} from './openings.ts'
import {costIn, type Pattern, patternsOf, placeIn} from './patterns.ts'
import {type Positions, positions} from './positions.ts'
import {queue} from './queue.ts'

/** What came of a search. */
export type Search = Found | {readonly is: 'impossible'} | {readonly is: 'tired'}

/** A search that has come to the goal. */
export interface Found {
  readonly is: 'found'
  readonly openings: readonly Openings[]
  readonly known: Positions
  /** The number of the position in which all are at their goals. */
  readonly goal: number
  /** Goes on until all that is as cheap has been seen; false where that is too much. */
  readonly allAsCheap: () => boolean
}

/**
 * The cheapest safe way of all pieces of a board to their goals, one move at a time: A* (Hart, Nilsson and Raphael
 * 1968) over how all of them stand, led by pattern tables. Exact; meant for knots, which are small. One move at a time
 * is enough, for a wave is safe exactly when its moves are safe in every order.
 */
export function searchJointly(board: Board, budget: Budget): Search {
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

  for (;;) {
    const promise = open.least()
    if (known.full() || budget.spent()) return {is: 'tired'}
    if (promise === Infinity) return {is: 'impossible'}
    const node = open.pop()
    if (known.closed(node) || known.spent(node) + known.left(node) < promise) continue
    known.close(node)
    if (known.is(node, goal))
      return {is: 'found', openings, known, goal: node, allAsCheap: () => goOn(known.spent(node))}
    expand(node)
  }

  function goOn(cost: number): boolean {
    for (let looked = 0; open.least() <= cost; ) {
      const node = open.pop()
      if (known.closed(node) || known.spent(node) + known.left(node) > cost) continue
      known.close(node)
      if (looked++ > PLANS_LOOKED_AT || known.full() || budget.spent()) return false
      expand(node)
    }
    return true
  }
}

/** More positions than this on cheapest plans, and they are not all looked at. */
const PLANS_LOOKED_AT = 200_000

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

function estimate(patterns: readonly Pattern[], at: Uint16Array): number {
  return patterns.reduce((sum, pattern) => sum + costIn(pattern, at), 0)
}
