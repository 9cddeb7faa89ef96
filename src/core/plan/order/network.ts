import type {Board, Piece, Walk} from '../board/board.ts'
import type {Bond} from '../board/links.ts'

/**
 * What fixed walks ask of each other. Step k of a piece takes it from the (k-1)th to the kth state of its walk, and
 * steps have numbers across all pieces. For two pieces, the (i, j) where their states clash are walls in a grid
 * through which the pair has to find its way ("coordination diagrams", O'Donnell and Lozano-Perez 1989): every wall is
 * passed on one side or the other, so each clash says "this step before that one" or leaves a choice of two such
 * sentences, as in a job-shop (Roy and Sussmann 1964).
 *
 *      b2 |  .  #  .      # at (a1, b2): either a leaves a1 before b comes to b2,
 *      b1 |  .  .  .                     or b leaves b2 before a comes to a1;
 *      b0 |  .  .  .      at an edge of the grid only one of the two is left.
 *           a0 a1 a2
 */
export interface Network {
  /** The number of the first step of each piece, and of all steps at the end. */
  readonly offsets: Int32Array
  /** Pairs of steps: the first must be done before the second starts. A piece's own order is in here too. */
  readonly orders: readonly number[]
  /** By pair of `orders`, the link that it comes from; {@link OWN} for a piece's own order. */
  readonly links: readonly number[]
  /** Fours of steps: the first before the second, or the third before the fourth. */
  readonly choices: readonly number[]
  /** Pairs of pieces whose walks no order reconciles. */
  readonly deadlocks: readonly (readonly [number, number])[]
}

/** No link: the order in which a piece takes its own steps. */
export const OWN = -1

/** What of a board its walks are drawn on. */
type Ground = Pick<Board, 'pieces' | 'links'>

export function network(board: Ground, walks: readonly Walk[]): Network {
  const offsets = offsetsOf(walks)
  const orders: number[] = []
  const links: number[] = []
  const choices: number[] = []
  const deadlocks: [number, number][] = []
  const number = (piece: number, step: number): number => (offsets[piece] as number) + step - 1
  for (let piece = 0; piece < walks.length; piece++) {
    for (let step = 2; step <= lastOf(walks, piece); step++) {
      orders.push(number(piece, step - 1), number(piece, step))
      links.push(OWN)
    }
  }
  const needs = needsFor(walks)
  let dead = false
  const wall: Wall = (piece, step, other, otherStep, elseOtherStep, elseStep) => {
    const may = step <= lastOf(walks, piece) && otherStep > 0
    const mayElse = elseOtherStep <= lastOf(walks, other) && elseStep > 0
    if (may && mayElse) {
      choices.push(number(piece, step), number(other, otherStep), number(other, elseOtherStep), number(piece, elseStep))
    } else if (may) {
      needs.add(piece, step, otherStep)
    } else if (mayElse) {
      needs.add(other, elseOtherStep, elseStep)
    } else {
      dead = true
    }
  }
  const {count, a, b} = board.links
  let link = 0
  const order: Need = (piece, step, other, otherStep) => {
    orders.push(number(piece, step), number(other, otherStep))
    links.push(link)
  }
  for (; link < count; link++) {
    dead = false
    needs.of(a[link] as number, b[link] as number)
    eachWall(board, link, walks, wall)
    if (dead) deadlocks.push([a[link] as number, b[link] as number])
    needs.each(order)
  }
  return {offsets, orders, links, choices, deadlocks}
}

/** A step of one piece is needed before a step of another. */
export type Need = (piece: number, step: number, other: number, otherStep: number) => void

/**
 * What the two pieces of a link need of each other: for each step of the one, the last step of the other that must be
 * done before. Used for one link after the other, for there may be fifty thousand.
 */
export interface Needs {
  /** Starts anew, for another two pieces. */
  readonly of: (one: number, two: number) => void
  readonly add: (piece: number, step: number, otherStep: number) => void
  /** Calls with each need, but for those that an earlier step of the same piece has already. */
  readonly each: (visit: Need) => void
}

export function needsFor(walks: readonly Walk[]): Needs {
  const longest = walks.reduce((most, walk) => Math.max(most, walk.length), 0)
  const ofA = new Int32Array(longest)
  const ofB = new Int32Array(longest)
  let a = 0
  let b = 0
  const eachOf = (needs: Int32Array, piece: number, other: number, visit: Need): void => {
    let before = 0
    for (let otherStep = 1; otherStep <= lastOf(walks, other); otherStep++) {
      const step = needs[otherStep] as number
      if (step <= before) continue
      visit(piece, step, other, otherStep)
      before = step
    }
  }
  return {
    of: (one, two) => {
      a = one
      b = two
      ofA.fill(0, 0, lastOf(walks, a) + 1)
      ofB.fill(0, 0, lastOf(walks, b) + 1)
    },
    add: (piece, step, otherStep) => {
      const needs = piece === a ? ofB : ofA
      if ((needs[otherStep] as number) < step) needs[otherStep] = step
    },
    each: visit => {
      eachOf(ofA, b, a, visit)
      eachOf(ofB, a, b, visit)
    },
  }
}

/** The number of steps of a piece. */
function lastOf(walks: readonly Walk[], piece: number): number {
  return (walks[piece] as Walk).length - 1
}

/** The number of the first step of each piece. */
export function offsetsOf(walks: readonly Walk[]): Int32Array {
  const offsets = new Int32Array(walks.length + 1)
  for (let piece = 0; piece < walks.length; piece++)
    offsets[piece + 1] = (offsets[piece] as number) + lastOf(walks, piece)
  return offsets
}

/**
 * The two sides on which a wall can be passed: `step` of `piece` before `otherStep` of `other`, or else
 * `elseOtherStep` of `other` before `elseStep` of `piece`. Step 0 is "before anything", which nothing comes before, and
 * the step after the last never comes.
 */
export type Wall = (
  piece: number,
  step: number,
  other: number,
  otherStep: number,
  elseOtherStep: number,
  elseStep: number,
) => void

/** Calls with each wall between the walks at the ends of a link. */
export function eachWall({pieces, links}: Ground, link: number, walks: readonly Walk[], found: Wall): void {
  const a = links.a[link] as number
  const b = links.b[link] as number
  const {bad, width, aAfterB, bAfterA, apart} = links.bonds[link] as Bond
  const walkA = walks[a] as Walk
  const walkB = walks[b] as Walk
  for (let i = 0; i < walkA.length; i++) {
    const row = (walkA[i] as number) * width
    for (let j = 0; j < walkB.length; j++) {
      if (bad[row + (walkB[j] as number)] === 1) found(a, i + 1, b, j, j + 1, i)
    }
  }
  if (aAfterB) waits(pieces, a, walkA, b, walkB, found)
  if (bAfterA) waits(pieces, b, walkB, a, walkA, found)
  if (apart) {
    for (let i = 1; i < walkA.length; i++) for (let j = 1; j < walkB.length; j++) found(a, i, b, j, j, i)
  }
}

/** `after`: no step of one piece while the other is away from its goal. */
function waits(pieces: readonly Piece[], piece: number, walk: Walk, other: number, otherWalk: Walk, found: Wall): void {
  const {goal} = pieces[other] as Piece
  let left = otherWalk[0] === goal ? -1 : 0
  for (let back = 1; back < otherWalk.length; back++) {
    if (left < 0) left = back
    if (otherWalk[back] !== goal) continue
    for (let step = 1; step < walk.length; step++) found(other, back, piece, step, step, left)
    left = -1
  }
}
