import {by} from '../../base/order.ts'
import type {ServiceName} from '../../graph/system.ts'
import {type Board, part, type Piece} from '../board/board.ts'
import type {Budget} from '../budget.ts'
import {untie} from './knots.ts'
import {type Course, coursesOf} from '../order/orders.ts'
import {prune} from './prune.ts'
import {schedule} from '../order/schedule.ts'
import {disjointSets, grouped} from './sets.ts'
import {fewestTogether} from './together.ts'
import {cheapestWalk, costAlone} from './walks.ts'
import {fewerWaves, type Group, type Timed} from './waves.ts'

/** What comes of a board. */
export type Solution =
  | {
      readonly is: 'solved'
      /** Of those who move, by service name. */
      readonly courses: readonly Course[]
      readonly optimal: boolean
    }
  /** Proven; these services are enough to make it so. */
  | {readonly is: 'impossible'; readonly services: readonly ServiceName[]}
  /** None found in time. */
  | {readonly is: 'time'}

/** Solves each part of the board that no link ties to another by itself. */
export function solve(board: Board, budget: Budget): Solution {
  const parts: Solved[] = []
  let time = false
  for (const pieces of islands(board)) {
    const found = solveIsland(part(board, pieces), budget)
    if (found.is === 'impossible') return found
    if (found.is === 'time') time = true
    else parts.push(found)
  }
  return time ? {is: 'time'} : whole(parts)
}

/**
 * The same where every service can go its own cheapest way, as if it were alone: undefined where some cannot. Nothing
 * is cheaper then, so a board on which services stop only where they must is enough to find that out, and most
 * questions end here.
 */
export function solveStraight(board: Board, budget: Budget): Solution | undefined {
  if (board.pieces.some(piece => costAlone(piece) === Infinity)) return undefined
  const parts: Solved[] = []
  for (const pieces of islands(board)) {
    const island = part(board, pieces)
    const walks = island.pieces.map(cheapestWalk)
    const found = schedule(island, walks, budget)
    if (found.is === 'knotted') return undefined
    parts.push(inFewestWaves(island, island.pieces.map(aloneIn), {walks, schedule: found}, budget))
  }
  return whole(parts)
}

function aloneIn(piece: Piece, number: number): Group {
  return {pieces: [number], cost: costAlone(piece)}
}

type Solved = Extract<Solution, {is: 'solved'}>

function whole(parts: readonly Solved[]): Solved {
  return {
    is: 'solved',
    courses: parts.flatMap(each => each.courses).sort(by(course => course.service)),
    optimal: parts.every(each => each.optimal),
  }
}

/** The pieces that hang together, each set ascending. */
function islands({pieces, links: {count, a, b}}: Board): readonly (readonly number[])[] {
  const sets = disjointSets(pieces.length)
  for (let link = 0; link < count; link++) sets.join(a[link] as number, b[link] as number)
  return grouped(sets, pieces.keys())
}

function solveIsland(whole: Board, budget: Budget): Solution {
  const pruned = prune(whole)
  const namesOf = (pieces: readonly number[]): readonly ServiceName[] =>
    pieces.map(piece => (whole.pieces[piece] as Piece).name)
  if ('stuck' in pruned) return {is: 'impossible', services: namesOf(pruned.stuck)}
  const {board} = pruned
  const untied = untie(board, budget)
  if (untied.is === 'impossible') return {is: 'impossible', services: namesOf(untied.pieces)}
  if (untied.is === 'tired') return {is: 'time'}
  if (!untied.cheapest) return solved(board, untied, false)
  return inFewestWaves(board, untied.groups, untied, budget)
}

function inFewestWaves(board: Board, groups: readonly Group[], first: Timed, budget: Budget): Solved {
  const best = fewerWaves(board, groups, first, budget)
  const sure = best.schedule.proven ? best : (fewestTogether(board, budget) ?? best)
  return solved(board, sure, sure.schedule.proven)
}

function solved(board: Board, {walks, schedule}: Timed, optimal: boolean): Solved {
  return {is: 'solved', courses: coursesOf(board, walks, schedule), optimal}
}
