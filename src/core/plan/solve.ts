import type {MaybeState, ServiceName} from '../graph/system.ts'
import {type Board, type Link, otherEnd, part, type Piece} from './board.ts'
import type {Budget} from './budget.ts'
import {untie} from './knots.ts'
import {offsetsOf} from './network.ts'
import {type Order, ordersOf} from './orders.ts'
import {prune} from './prune.ts'
import {fewestTogether} from './together.ts'
import {fewerWaves, type Timed} from './waves.ts'

/** The way one service takes: its states from the first to the last, and the wave of each step between them. */
export interface Course {
  readonly service: ServiceName
  readonly states: readonly MaybeState[]
  readonly waves: readonly number[]
}

/** What comes of a board. */
export type Solution =
  | {
      readonly is: 'solved'
      /** Of those who move, by service name. */
      readonly courses: readonly Course[]
      readonly orders: readonly Order[]
      readonly optimal: boolean
    }
  /** Proven; these services are enough to make it so. */
  | {readonly is: 'impossible'; readonly services: readonly ServiceName[]}
  /** None found in time. */
  | {readonly is: 'time'}

/** Solves each part of the board that no link ties to another by itself. */
export function solve(board: Board, budget: Budget): Solution {
  const courses: Course[] = []
  const orders: Order[] = []
  let optimal = true
  let time = false
  for (const pieces of islands(board)) {
    const found = solveIsland(part(board, pieces), budget)
    if (found.is === 'impossible') return found
    if (found.is === 'time') {
      time = true
      continue
    }
    for (const course of found.courses) courses.push(course)
    for (const order of found.orders) orders.push(order)
    optimal &&= found.optimal
  }
  if (time) return {is: 'time'}
  return {is: 'solved', courses: courses.sort((a, b) => (a.service < b.service ? -1 : 1)), orders, optimal}
}

/** The pieces that hang together, each set ascending. */
function islands(board: Board): readonly (readonly number[])[] {
  const island = new Int32Array(board.pieces.length).fill(-1)
  const sets: number[][] = []
  for (const first of board.pieces.keys()) {
    if ((island[first] as number) >= 0) continue
    const members = [first]
    island[first] = sets.length
    for (let head = 0; head < members.length; head++) {
      for (const number of board.linksOf[members[head] as number] as readonly number[]) {
        const other = otherEnd(board.links[number] as Link, members[head] as number)
        if ((island[other] as number) >= 0) continue
        island[other] = sets.length
        members.push(other)
      }
    }
    sets.push(members.sort((a, b) => a - b))
  }
  return sets
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
  const best = fewerWaves(board, untied.groups, untied, budget)
  const sure = best.schedule.proven ? best : (fewestTogether(board, budget) ?? best)
  return solved(board, sure, sure.schedule.proven)
}

function solved(board: Board, {walks, schedule}: Timed, optimal: boolean): Solution {
  const offsets = offsetsOf(walks)
  const courses = board.pieces.flatMap((piece, number): Course[] => {
    const states = (walks[number] ?? []).map(state => piece.states[state] as MaybeState)
    if (states.length < 2) return []
    return [{service: piece.name, states, waves: [...schedule.waves.subarray(offsets[number], offsets[number + 1])]}]
  })
  return {is: 'solved', courses, orders: ordersOf(board, walks, schedule.waves), optimal}
}
