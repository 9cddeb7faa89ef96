import type {ContractName, MaybeState, ServiceName} from '../graph/system.ts'

/**
 * The planning question with all words taken out: pieces that stand on states, and links between pieces that get in
 * each other's way. What never changes (services that do not move, contracts nobody breaks) has already gone into which
 * states and moves are left. States and pieces are small numbers, in an order that depends on names alone.
 */
export interface Board {
  /** By service name. */
  readonly pieces: readonly Piece[]
  readonly links: readonly Link[]
  /** The numbers of the links of each piece. */
  readonly linksOf: readonly (readonly number[])[]
}

/** A service that may move. */
export interface Piece {
  readonly name: ServiceName
  readonly states: readonly MaybeState[]
  readonly start: number
  readonly goal: number
  /** From each state, where it may go. */
  readonly moves: readonly (readonly Move[])[]
}

export interface Move {
  readonly to: number
  /** {@link DEPLOY} or {@link SWITCH}. */
  readonly cost: number
}

/** Two pieces that cannot move as if the other were not there. */
export interface Link {
  readonly a: number
  readonly b: number
  /** 1 where state i of `a` and state j of `b` clash, at `i * (states of b) + j`; empty where none do. Links that clash alike share one. */
  readonly bad: readonly number[]
  /** `a` moves only while `b` is at its goal. */
  readonly aAfterB: boolean
  readonly bAfterA: boolean
  /** Never both in one wave. */
  readonly apart: boolean
  /** Where the clashes come from. */
  readonly calls: readonly CallOn[]
}

/** A contract on which the pieces of a link clash in some states, and which of them is the client. */
export interface CallOn {
  readonly contract: ContractName
  readonly fromA: boolean
}

/** Costs are single numbers: one deploy outweighs any number of switches a plan can have. */
export const SWITCH = 1
export const DEPLOY = 2 ** 24

/** The states a piece passes through, from its start to its goal. */
export type Walk = readonly number[]

export function board(pieces: readonly Piece[], links: readonly Link[]): Board {
  const degrees = new Int32Array(pieces.length)
  for (let number = 0; number < links.length; number++) {
    const {a, b} = links[number] as Link
    ;(degrees[a] as number)++
    ;(degrees[b] as number)++
  }
  const linksOf = Array.from(degrees, degree => new Array<number>(degree))
  for (let number = links.length - 1; number >= 0; number--) {
    const {a, b} = links[number] as Link
    ;(linksOf[a] as number[])[--(degrees[a] as number)] = number
    ;(linksOf[b] as number[])[--(degrees[b] as number)] = number
  }
  return {pieces, links, linksOf}
}

/** The piece at the other end of a link. */
export function otherEnd(link: Link, piece: number): number {
  return link.a === piece ? link.b : link.a
}

/** Whether `piece` at `own` clashes with the other end at `other`. */
export function clash(board: Board, link: Link, piece: number, own: number, other: number): boolean {
  const [i, j] = link.a === piece ? [own, other] : [other, own]
  return link.bad[i * statesOf(board, link.b) + j] === 1
}

/** Whether `piece` moves only while the other end is at its goal. */
export function waitsForGoal(link: Link, piece: number): boolean {
  return link.a === piece ? link.aAfterB : link.bAfterA
}

/** To each state, from where a piece may come. */
export function reversedMoves(piece: Piece): readonly (readonly Move[])[] {
  const moves: Move[][] = piece.states.map(() => [])
  for (const [from, all] of piece.moves.entries()) for (const {to, cost} of all) moves[to]?.push({to: from, cost})
  return moves
}

export function statesOf(board: Board, piece: number): number {
  return (board.pieces[piece] as Piece).states.length
}

/** The board with only some of its pieces, which keep their order, and the links among them. */
export function part(whole: Board, pieces: readonly number[]): Board {
  if (pieces.length === whole.pieces.length) return whole
  const place = new Map(pieces.map((piece, index) => [piece, index]))
  const links: Link[] = []
  for (const piece of pieces) {
    for (const number of whole.linksOf[piece] as readonly number[]) {
      const link = whole.links[number] as Link
      const [a, b] = [place.get(link.a), place.get(link.b)]
      if (link.a === piece && a !== undefined && b !== undefined) links.push(renumbered(link, a, b))
    }
  }
  return board(
    pieces.map(piece => whole.pieces[piece] as Piece),
    links,
  )
}

/** Written out, for there may be fifty thousand. */
function renumbered({bad, aAfterB, bAfterA, apart, calls}: Link, a: number, b: number): Link {
  return {a, b, bad, aAfterB, bAfterA, apart, calls}
}

/** The board without the states that are not kept, and without links that no longer hinder anybody. Start and goal stay. */
export function narrow(whole: Board, keep: readonly Uint8Array[]): Board {
  if (keep.every(flags => flags.every(flag => flag === 1))) return whole
  const places = keep.map(placesOf)
  const pieces = whole.pieces.map((piece, number) => narrowPiece(piece, places[number] as Int32Array))
  const links = whole.links.map(link => {
    const [a, b] = [places[link.a] as Int32Array, places[link.b] as Int32Array]
    const width = (pieces[link.b] as Piece).states.length
    const bad = new Array<number>((pieces[link.a] as Piece).states.length * width)
    for (let i = 0; i < a.length; i++) {
      for (let j = 0; j < b.length; j++) {
        const [row, column] = [a[i] as number, b[j] as number]
        if (row >= 0 && column >= 0) bad[row * width + column] = link.bad[i * b.length + j] ?? 0
      }
    }
    return {...link, bad}
  })
  return board(pieces, links.filter(hinders))
}

/** Whether a link gets in anybody's way. */
function hinders(link: Link): boolean {
  return link.aAfterB || link.bAfterA || link.apart || link.bad.includes(1)
}

/** The new number of each state, or -1. */
function placesOf(flags: Uint8Array): Int32Array {
  let next = 0
  return Int32Array.from(flags, flag => (flag === 1 ? next++ : -1))
}

function narrowPiece(piece: Piece, places: Int32Array): Piece {
  const place = (state: number): number => places[state] as number
  return {
    name: piece.name,
    states: piece.states.filter((_, state) => place(state) >= 0),
    start: place(piece.start),
    goal: place(piece.goal),
    moves: piece.moves
      .filter((_, state) => place(state) >= 0)
      .map(moves => moves.filter(move => place(move.to) >= 0).map(move => ({...move, to: place(move.to)}))),
  }
}
