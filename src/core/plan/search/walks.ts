import {bug} from '../../base/bug.ts'
import {type Move, type Piece, reversedMoves, type Walk} from '../board/board.ts'

/** What it costs a piece, on its own, to get from each state to its goal; Infinity where there is no way. */
export function costsToGoal(piece: Piece): Float64Array {
  const known = toGoal.get(piece) ?? costs(piece, piece.goal, reversedMoves(piece))
  toGoal.set(piece, known)
  return known
}

/** Asked again and again of the same pieces. */
const toGoal = new WeakMap<Piece, Float64Array>()

/** What it costs a piece, on its own, to get from its start to each state. */
export function costsFromStart(piece: Piece): Float64Array {
  return costs(piece, piece.start, piece.moves)
}

/** One cheapest walk of a piece that is alone on the board. Where several are as cheap, it goes by the newest states. */
export function cheapestWalk(piece: Piece): Walk {
  if (directCost(piece) !== undefined) return [piece.start, piece.goal]
  const left = costsToGoal(piece)
  const walk = [piece.start]
  for (let at = piece.start; at !== piece.goal; ) {
    const next = piece.moves[at]?.findLast(({to, cost}) => cost + (left[to] as number) === left[at])
    at = next?.to ?? bug(`${piece.name} has no way to its goal`)
    walk.push(at)
  }
  return walk
}

/** What a piece costs if it is alone. */
export function costAlone(piece: Piece): number {
  return directCost(piece) ?? (costsToGoal(piece)[piece.start] as number)
}

/** What the one move from start to goal costs, where there is one: no other walk is as cheap, and none needs a look. */
export function directCost(piece: Piece): number | undefined {
  return piece.moves[piece.start]?.find(({to}) => to === piece.goal)?.cost
}

/** What the moves of a walk cost together. */
export function costOf(piece: Piece, walk: Walk): number {
  let sum = 0
  for (let place = 1; place < walk.length; place++) {
    const move = piece.moves[walk[place - 1] as number]?.find(({to}) => to === walk[place])
    sum += move?.cost ?? bug(`${piece.name} has no such move`)
  }
  return sum
}

/**
 * Every walk of a piece that costs at most `limit`, cheapest first, then by the newest states; undefined where there
 * are more than `most` of them, or where some go round and round.
 */
export function walksWithin(piece: Piece, limit: number, most: number): readonly Walk[] | undefined {
  const left = costsToGoal(piece)
  const found: {walk: number[]; cost: number}[] = []
  const walk = [piece.start]
  const longest = 4 * piece.states.length + 16
  let looked = 0
  const visit = (at: number, spent: number): boolean => {
    if (at === piece.goal) found.push({walk: [...walk], cost: spent})
    if (found.length > most || looked++ > most * LOOKS || walk.length > longest) return false
    for (const {to, cost} of (piece.moves[at] ?? []).toReversed()) {
      if (spent + cost + (left[to] as number) > limit) continue
      walk.push(to)
      const goesOn = visit(to, spent + cost)
      walk.pop()
      if (!goesOn) return false
    }
    return true
  }
  if (!visit(piece.start, 0)) return undefined
  return found.sort((a, b) => a.cost - b.cost).map(each => each.walk)
}

/** Steps looked at per walk that is asked for, before there are too many. */
const LOOKS = 50

/** Dijkstra's algorithm; a piece has too few states for a heap to pay. */
function costs(piece: Piece, origin: number, moves: readonly (readonly Move[])[]): Float64Array {
  const best = new Float64Array(piece.states.length).fill(Infinity)
  const settled = new Uint8Array(piece.states.length)
  best[origin] = 0
  for (;;) {
    let at = -1
    for (let state = 0; state < best.length; state++) {
      const cost = best[state] as number
      if (settled[state] === 0 && cost < (at < 0 ? Infinity : (best[at] as number))) at = state
    }
    if (at < 0) return best
    settled[at] = 1
    for (const {to, cost} of moves[at] ?? []) best[to] = Math.min(best[to] as number, (best[at] as number) + cost)
  }
}
