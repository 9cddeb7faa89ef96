import {type Board, type Move, otherEnd, type Piece, type Walk} from '../board/board.ts'
import type {Budget} from '../budget.ts'
import type {Cheap} from './cheap.ts'
import {type Bond, type Calls, linking} from '../board/links.ts'
import {network} from '../order/network.ts'
import {fewestWaves} from './reach.ts'
import {schedule, type Schedule} from '../order/schedule.ts'
import {costAlone, costOf, costsFromStart, costsToGoal, directCost, walksWithin} from './walks.ts'

/** Walks with the waves of their steps. */
export interface Timed {
  readonly walks: readonly Walk[]
  readonly schedule: Extract<Schedule, {is: 'ordered'}>
}

/** Pieces whose cost is known together, and where known, what each of them does in the cheapest plans of all of them. */
export interface Group {
  readonly pieces: readonly number[]
  readonly cost: number
  readonly cheap?: readonly Cheap[] | undefined
}

/**
 * The same cost in fewer waves, where that can be. Every cheapest plan of the whole is, seen from one group, a cheapest
 * plan of that group; so all walks are tried that some cheapest plan of their group may take. `proven` of the answer
 * says whether nothing has fewer waves.
 */
export function fewerWaves(board: Board, groups: readonly Group[], first: Timed, budget: Budget): Timed {
  if (first.schedule.count === 0 || board.pieces.every(hasOneWay)) return first
  const limits = limitsOf(board, groups)
  const cheap = onlyCheap(board, groups, limits)
  if (cheap.pieces.every(hasOneWay)) return first
  if (first.schedule.count <= fewestWaves(cheap)) return proven(first)
  const choices = choicesOf(cheap, limits)
  if (!choices) return {...first, schedule: {...first.schedule, proven: false}}
  const open = [...choices.keys()].filter(piece => (choices[piece] as readonly Walk[]).length > 1)
  if (open.length === 0) return first
  if (open.length > MOST_OPEN) return {...first, schedule: {...first.schedule, proven: false}}
  return tryAll(cheap, groups, choices, open, first, budget)
}

function proven(timed: Timed): Timed {
  return {...timed, schedule: {...timed.schedule, proven: true}}
}

/** Whether a piece never has a choice. */
function hasOneWay(piece: Piece): boolean {
  return piece.moves.every(moves => moves.length < 2) && piece.moves[piece.goal]?.length === 0
}

/** The most that each piece may spend in a cheapest plan: what its group knows, or else all that the others leave. */
function limitsOf(board: Board, groups: readonly Group[]): Float64Array {
  const limits = new Float64Array(board.pieces.length)
  for (const {pieces, cost, cheap} of groups) {
    const spare = pieces.reduce((rest, piece) => rest - costAlone(board.pieces[piece] as Piece), cost)
    for (const [index, piece] of pieces.entries()) {
      limits[piece] = cheap?.[index]?.most ?? costAlone(board.pieces[piece] as Piece) + spare
    }
  }
  return limits
}

/** The board with only those moves that a cheapest plan of some group may take. */
function onlyCheap(board: Board, groups: readonly Group[], limits: Float64Array): Board {
  const pieces = [...board.pieces]
  for (const {pieces: members, cheap} of groups) {
    for (const [index, member] of members.entries()) {
      pieces[member] = cheapPiece(board.pieces[member] as Piece, limits[member] as number, cheap?.[index]?.moves)
    }
  }
  return {...board, pieces}
}

function cheapPiece(piece: Piece, limit: number, known: ReadonlySet<number> | undefined): Piece {
  if (hasOneWay(piece)) return piece
  if (directCost(piece) === limit) return {...piece, moves: piece.moves.map(onlyDirect(piece))}
  const [before, behind] = [costsFromStart(piece), costsToGoal(piece)]
  const fits = (from: number, to: number, cost: number): boolean =>
    (before[from] as number) + cost + (behind[to] as number) <= limit &&
    (known === undefined || known.has(from * piece.states.length + to))
  return {...piece, moves: piece.moves.map((moves, from) => moves.filter(({to, cost}) => fits(from, to, cost)))}
}

function onlyDirect(piece: Piece): (moves: readonly Move[], from: number) => readonly Move[] {
  return (moves, from) => (from === piece.start ? moves.filter(({to}) => to === piece.goal) : [])
}

/** For each piece, the walks it may take; undefined where there are too many to look at. */
function choicesOf(board: Board, limits: Float64Array): readonly (readonly Walk[])[] | undefined {
  const choices: (readonly Walk[])[] = []
  for (const [number, piece] of board.pieces.entries()) {
    const walks = walksWithin(piece, limits[number] as number, MOST_WALKS)
    if (!walks) return undefined
    choices.push(walks)
  }
  return choices
}

/** More walks of one piece than this are not tried one by one. */
const MOST_WALKS = 500

/** With more pieces than this that have a choice, there are too many ways to put their walks together. */
const MOST_OPEN = 200

/** Ways to put walks together that are tried before the search is called tired. */
const MOST_TRIES = 5000

/** Every way to choose walks of the same cost, piece by piece, with pairs that cannot pass each other left out at once. */
function tryAll(
  board: Board,
  groups: readonly Group[],
  choices: readonly (readonly Walk[])[],
  open: readonly number[],
  first: Timed,
  budget: Budget,
): Timed {
  const least = fewestWaves(board)
  const groupOf = new Map(groups.flatMap((group, number) => group.pieces.map(piece => [piece, number])))
  const left = groups.map(({pieces, cost}) =>
    pieces.reduce((rest, piece) => rest - cheapestOf(board, choices, piece), cost),
  )
  const walks = choices.map(each => each[0] as Walk)
  let best = first
  let tries = 0
  let tired = false
  const visit = (depth: number): void => {
    if (tired || best.schedule.count <= least) return
    const piece = open[depth]
    if (piece === undefined) {
      if (left.some(rest => rest !== 0)) return
      tired ||= tries++ > MOST_TRIES || budget.spent()
      const found = schedule(board, walks, budget)
      if (found.is === 'knotted') return
      if (found.count < best.schedule.count) best = {walks: [...walks], schedule: found}
      else if (!found.proven) tired = true
      return
    }
    const group = groupOf.get(piece) as number
    for (const walk of choices[piece] as readonly Walk[]) {
      const extra = costOf(board.pieces[piece] as Piece, walk) - cheapestOf(board, choices, piece)
      if (extra > (left[group] as number)) break
      walks[piece] = walk
      tired ||= tries++ > MOST_TRIES
      if (tired || !passes(board, piece, walks, open, depth)) continue
      ;(left[group] as number) -= extra
      visit(depth + 1)
      ;(left[group] as number) += extra
    }
    walks[piece] = (choices[piece] as readonly Walk[])[0] as Walk
  }
  visit(0)
  const done = best.schedule.count <= least || (!tired && best.schedule.proven)
  return {...best, schedule: {...best.schedule, proven: done}}
}

function cheapestOf(board: Board, choices: readonly (readonly Walk[])[], piece: number): number {
  return costOf(board.pieces[piece] as Piece, choices[piece]?.[0] as Walk)
}

/** Whether a piece's walk gets past those already chosen. */
function passes(board: Board, piece: number, walks: readonly Walk[], open: readonly number[], depth: number): boolean {
  const undecided = new Set(open.slice(depth + 1))
  const decided = linking()
  const {a, b, bonds, calls} = board.links
  for (const link of board.linksOf[piece] as readonly number[]) {
    if (!undecided.has(otherEnd(board, link, piece)))
      decided.add(a[link] as number, b[link] as number, bonds[link] as Bond, calls[link] as Calls)
  }
  return network({pieces: board.pieces, links: decided.links()}, walks).deadlocks.length === 0
}
