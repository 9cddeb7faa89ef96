import {type Board, part, type Piece, type Walk} from '../board/board.ts'
import type {Budget} from '../budget.ts'
import {type Joint, solveJointly} from './joint.ts'
import {leastCost} from './patterns.ts'
import {rough} from './rough.ts'
import {schedule} from '../order/schedule.ts'
import {disjointSets, grouped} from './sets.ts'
import {cheapestWalk, costAlone, costOf} from './walks.ts'
import type {Group, Timed} from './waves.ts'

/** Walks that can be put in order, with the groups that had to be looked at together. */
export type Untied =
  | ({
      readonly is: 'untied'
      readonly groups: readonly Group[]
      /** Whether no walks that can be put in order cost less. */
      readonly cheapest: boolean
    } & Timed)
  /** These pieces alone have no safe way. */
  | {readonly is: 'impossible'; readonly pieces: readonly number[]}
  | {readonly is: 'tired'}

/**
 * Solves what is independent independently. Every piece starts on its own cheapest walk, as if it were alone. Pieces
 * whose walks cannot be put in order become one group, which gets its cheapest walks by a search over its own pieces
 * only; until everything fits ("independence detection", Standley 2010). A group never costs more than it does in any
 * plan of the whole, so when everything fits, nothing is cheaper.
 */
export function untie(board: Board, budget: Budget): Untied {
  const groupOf = board.pieces.map((piece, number): Group => ({pieces: [number], cost: costAlone(piece)}))
  const walks: Walk[] = board.pieces.map(cheapestWalk)
  const roughly = new Set<Group>()
  for (;;) {
    const found = schedule(board, walks, budget)
    if (found.is === 'ordered') {
      const groups = [...new Set(groupOf)]
      return {is: 'untied', groups, cheapest: !groups.some(group => roughly.has(group)), walks, schedule: found}
    }
    for (const pieces of together(groupOf, found.knots)) {
      // A group's own walks can be put in order; when the schedule does not see how, more of the same does not help.
      if (groupOf[pieces[0] as number]?.pieces.length === pieces.length) return {is: 'tired'}
      const solved = solveKnot(part(board, pieces), budget)
      if (solved.is === 'impossible') return {is: 'impossible', pieces}
      if (solved.is === 'tired') return solved
      const group: Group = {pieces, cost: solved.cost, cheap: solved.cheap}
      if (!solved.cheapest) roughly.add(group)
      for (const [index, piece] of pieces.entries()) {
        groupOf[piece] = group
        walks[piece] = solved.walks[index] as Walk
      }
    }
  }
}

type Knot = Exclude<Joint, {is: 'solved'}> | (Extract<Joint, {is: 'solved'}> & {readonly cheapest: boolean})

/**
 * Searches a small knot. A large one, as when a thousand clients wait for one server, is often untied at first sight,
 * at a cost that pattern tables prove to be the least; only then comes the search, as far as it gets.
 */
function solveKnot(board: Board, budget: Budget): Knot {
  const first = board.pieces.length > SMALL ? roughKnot(board, budget) : undefined
  if (first?.is === 'solved' && first.cheapest) return first
  const solved: Joint = board.pieces.length > LARGE ? {is: 'tired'} : solveJointly(board, budget.some(SEARCHING))
  if (solved.is === 'solved') return {...solved, cheapest: true}
  if (solved.is === 'impossible') return solved
  return first ?? roughKnot(board, budget) ?? solved
}

/** Of what is left of the time, so that something is left for a rough way. */
export const SEARCHING = 0.7

/** Up to here, the search is quicker than any thought. */
const SMALL = 16

/** Beyond, it fills the memory before it gets anywhere. */
const LARGE = 64

function roughKnot(board: Board, budget: Budget): Knot | undefined {
  const walks = rough(board, budget)
  if (!walks) return undefined
  const cost = walks.reduce((sum, walk, piece) => sum + costOf(board.pieces[piece] as Piece, walk), 0)
  return {is: 'solved', walks, cost, cheap: undefined, cheapest: cost === leastCost(board)}
}

/** The groups that knots touch, put together: each as its pieces, ascending. */
function together(groupOf: readonly Group[], knots: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const sets = disjointSets(groupOf.length)
  const touched = new Set<number>()
  for (const knot of knots) {
    const members = knot.flatMap(piece => (groupOf[piece] as Group).pieces)
    for (const member of members) {
      touched.add(member)
      sets.join(member, members[0] as number)
    }
  }
  return grouped(
    sets,
    [...touched].sort((a, b) => a - b),
  )
}
