import {type Board, clash, otherEnd, type Piece, waitsForGoal} from '../board/board.ts'

/**
 * Which states a piece may go to, as bits, so that a search asks once for all its moves and not once for each: the
 * bits of its own moves, and for each neighbour and each state of that neighbour, the bits of states that fit it.
 */
export interface Openings {
  /** Words of 32 bits per state set. */
  readonly words: number
  /** From each state, `words` words. */
  readonly moves: Uint32Array
  /** Cost of each move, at `from * states + to`. */
  readonly costs: Float64Array
  readonly neighbours: readonly {readonly piece: number; readonly fits: Uint32Array}[]
}

export function openingsOf(board: Board): readonly Openings[] {
  return board.pieces.map((piece, number) => {
    const size = piece.states.length
    const words = Math.ceil(size / 32)
    const moves = new Uint32Array(size * words)
    const costs = new Float64Array(size * size)
    for (const [from, all] of piece.moves.entries()) {
      for (const {to, cost} of all) {
        setBit(moves, from * words, to)
        costs[from * size + to] = cost
      }
    }
    const links = board.linksOf[number] as readonly number[]
    return {words, moves, costs, neighbours: links.map(link => neighbour(board, link, number, words))}
  })
}

function neighbour(board: Board, link: number, piece: number, words: number): Openings['neighbours'][number] {
  const other = otherEnd(board, link, piece)
  const [own, theirs] = [board.pieces[piece] as Piece, board.pieces[other] as Piece]
  const fits = new Uint32Array(theirs.states.length * words)
  for (let there = 0; there < theirs.states.length; there++) {
    if (waitsForGoal(board, link, piece) && there !== theirs.goal) continue
    for (let here = 0; here < own.states.length; here++) {
      if (!clash(board, link, piece, here, there)) setBit(fits, there * words, here)
    }
  }
  return {piece: other, fits}
}

function setBit(bits: Uint32Array, start: number, bit: number): void {
  const word = start + (bit >>> 5)
  bits[word] = (bits[word] as number) | (1 << (bit & 31))
}

/** Calls with each state that `piece` may go to while everybody stands as in `at`. */
export function eachOpening(
  all: readonly Openings[],
  piece: number,
  at: Uint16Array,
  visit: (to: number) => void,
): void {
  const {words, moves, neighbours} = all[piece] as Openings
  const from = at[piece] as number
  for (let word = 0; word < words; word++) {
    let bits = moves[from * words + word] as number
    for (let each = 0; each < neighbours.length && bits !== 0; each++) {
      const {piece: other, fits} = neighbours[each] as Openings['neighbours'][number]
      bits &= fits[(at[other] as number) * words + word] as number
    }
    while (bits !== 0) {
      const low = 31 - Math.clz32(bits & -bits)
      visit(word * 32 + low)
      bits &= bits - 1
    }
  }
}
