import type {MaybeState, ServiceName} from '../../graph/system.ts'
import {type Bond, type Calls, linking, type Links} from './links.ts'

/**
 * The planning question with all words taken out: pieces that stand on states, and links between pieces that get in
 * each other's way. What never changes (services that do not move, contracts nobody breaks) has already gone into which
 * states and moves are left. States and pieces are small numbers, in an order that depends on names alone.
 */
export interface Board {
  /** By service name. */
  readonly pieces: readonly Piece[]
  readonly links: Links
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

/** Costs are single numbers: one deploy outweighs any number of switches a plan can have. */
export const SWITCH = 1
export const DEPLOY = 2 ** 24

/** The states a piece passes through, from its start to its goal. */
export type Walk = readonly number[]

export function board(pieces: readonly Piece[], links: Links): Board {
  let known: Board['linksOf'] | undefined
  return {
    pieces,
    links,
    // Most boards are done with before anybody asks.
    get linksOf() {
      return (known ??= linksOfEach(pieces.length, links))
    },
  }
}

function linksOfEach(pieces: number, {count, a, b}: Links): Board['linksOf'] {
  const linksOf = Array.from({length: pieces}, (): number[] => [])
  for (let link = 0; link < count; link++) {
    linksOf[a[link] as number]?.push(link)
    linksOf[b[link] as number]?.push(link)
  }
  return linksOf
}

/** The piece at the other end of a link. */
export function otherEnd({links}: Board, link: number, piece: number): number {
  return (links.a[link] === piece ? links.b[link] : links.a[link]) as number
}

/** Whether `piece` at `own` clashes with the other end of a link at `other`. */
export function clash(board: Board, link: number, piece: number, own: number, other: number): boolean {
  const {a, bonds} = board.links
  const [i, j] = a[link] === piece ? [own, other] : [other, own]
  const {bad, width} = bonds[link] as Bond
  return bad[i * width + j] === 1
}

/** Whether `piece` moves only while the other end is at its goal. */
export function waitsForGoal({links}: Board, link: number, piece: number): boolean {
  const {aAfterB, bAfterA} = links.bonds[link] as Bond
  return links.a[link] === piece ? aAfterB : bAfterA
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
  const {a, b, bonds, calls} = whole.links
  const some = linking()
  for (const [one, piece] of pieces.entries()) {
    for (const link of whole.linksOf[piece] as readonly number[]) {
      if (a[link] !== piece) continue
      const two = place.get(b[link] as number)
      if (two !== undefined) some.add(one, two, bonds[link] as Bond, calls[link] as Calls)
    }
  }
  return board(
    pieces.map(piece => whole.pieces[piece] as Piece),
    some.links(),
  )
}

/** The board without the states that are not kept, and without links that no longer hinder anybody. Start and goal stay. */
export function narrow(whole: Board, keep: readonly Uint8Array[]): Board {
  if (keep.every(flags => flags.every(flag => flag === 1))) return whole
  const places = keep.map(placesOf)
  const pieces = whole.pieces.map((piece, number) => narrowPiece(piece, places[number] as Int32Array))
  const {links} = whole
  const left = linking()
  for (let link = 0; link < links.count; link++) {
    const [a, b] = [links.a[link] as number, links.b[link] as number]
    const bond = narrowBond(links.bonds[link] as Bond, places[a] as Int32Array, places[b] as Int32Array)
    if (hinders(bond)) left.add(a, b, bond, links.calls[link] as Calls)
  }
  return board(pieces, left.links())
}

function narrowBond(bond: Bond, a: Int32Array, b: Int32Array): Bond {
  const bad: number[] = []
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < b.length; j++) {
      if ((a[i] as number) >= 0 && (b[j] as number) >= 0) bad.push(bond.bad[i * b.length + j] ?? 0)
    }
  }
  return {...bond, bad, width: b.reduce((count, place) => (place >= 0 ? count + 1 : count), 0)}
}

/** Whether a bond gets in anybody's way. */
function hinders({bad, aAfterB, bAfterA, apart}: Bond): boolean {
  return aAfterB || bAfterA || apart || bad.includes(1)
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
