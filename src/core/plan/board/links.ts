import {by} from '../../base/order.ts'
import type {ContractName} from '../../graph/system.ts'

/**
 * Pairs of pieces that cannot move as if the other were not there, by number, in flat arrays: there may be fifty
 * thousand of them.
 */
export interface Links {
  readonly count: number
  /** By link, its pieces: the lower number first. */
  readonly a: Int32Array
  readonly b: Int32Array
  readonly bonds: readonly Bond[]
  /** Where the clashes come from. */
  readonly calls: readonly Calls[]
}

/** How the two pieces of a link get in each other's way. Links on which that is the same share one. */
export interface Bond {
  /** 1 where state i of `a` and state j of `b` clash, at `i * width + j`; empty where none do. */
  readonly bad: readonly number[]
  /** The states of `b`. */
  readonly width: number
  /** `a` moves only while `b` is at its goal. */
  readonly aAfterB: boolean
  readonly bAfterA: boolean
  /** Never both in one wave. */
  readonly apart: boolean
}

/** Two pieces that do not get in each other's way, for others to say how they do. */
export const FREE: Bond = {bad: [], width: 0, aAfterB: false, bAfterA: false, apart: false}

export type Calls = readonly CallOn[]

/** A contract on which the pieces of a link clash in some states, and which of them is the client. */
export interface CallOn {
  readonly contract: ContractName
  readonly fromA: boolean
}

/** Links that are still being found. */
export interface Linking {
  readonly add: (a: number, b: number, bond: Bond, calls: Calls) => void
  /** As they were added. */
  readonly links: () => Links
}

export function linking(): Linking {
  const a: number[] = []
  const b: number[] = []
  const bonds: Bond[] = []
  const calls: Calls[] = []
  return {
    add: (one, two, bond, on) => {
      a.push(one)
      b.push(two)
      bonds.push(bond)
      calls.push(on)
    },
    links: () => ({count: bonds.length, a: Int32Array.from(a), b: Int32Array.from(b), bonds, calls}),
  }
}

/**
 * The links by the numbers of their pieces, which go up to `pieces`; of a pair that was linked more than once, one, with
 * its calls by contract: nothing depends on the order in which they were found.
 */
export function inOrder(links: Links, pieces: number): Links {
  const sorted = sortedBy(links.a, sortedBy(links.b, undefined, pieces), pieces)
  const a = new Int32Array(sorted.length)
  const b = new Int32Array(sorted.length)
  const bonds = new Array<Bond>(sorted.length)
  const calls = new Array<Calls>(sorted.length)
  let count = 0
  for (let place = 0; place < sorted.length; place++) {
    const link = sorted[place] as number
    const [one, two, bond, on] = [links.a[link], links.b[link], links.bonds[link], links.calls[link]] as LinkOf
    if (count > 0 && a[count - 1] === one && b[count - 1] === two) {
      bonds[count - 1] = both(bonds[count - 1] as Bond, bond)
      calls[count - 1] = [...(calls[count - 1] as Calls), ...on].sort(by(call => call.contract))
      continue
    }
    a[count] = one
    b[count] = two
    bonds[count] = bond
    calls[count++] = on
  }
  bonds.length = calls.length = count
  return {count, a: a.subarray(0, count), b: b.subarray(0, count), bonds, calls}
}

type LinkOf = [a: number, b: number, bond: Bond, calls: Calls]

/** Numbers of links (all, or those given) by one of their ends; those with the same keep their order ("counting sort", Seward 1954). */
function sortedBy(ends: Int32Array, links: Int32Array | undefined, pieces: number): Int32Array {
  const next = new Int32Array(pieces + 1)
  for (let link = 0; link < ends.length; link++) (next[(ends[link] as number) + 1] as number)++
  for (let piece = 0; piece < pieces; piece++) (next[piece + 1] as number) += next[piece] as number
  const sorted = new Int32Array(ends.length)
  for (let place = 0; place < ends.length; place++) {
    const link = links ? (links[place] as number) : place
    sorted[(next[ends[link] as number] as number)++] = link
  }
  return sorted
}

function both(one: Bond, other: Bond): Bond {
  return {
    width: Math.max(one.width, other.width),
    bad: one.bad.length === 0 ? other.bad : one.bad.map((flag, cell) => flag | (other.bad[cell] ?? 0)),
    aAfterB: one.aAfterB || other.aAfterB,
    bAfterA: one.bAfterA || other.bAfterA,
    apart: one.apart || other.apart,
  }
}

/** By piece, those that it keeps apart from. */
export function apartIn({count, a, b, bonds}: Links, pieces: number): readonly ReadonlySet<number>[] {
  const apart = Array.from({length: pieces}, () => new Set<number>())
  for (let link = 0; link < count; link++) {
    if (!bonds[link]?.apart) continue
    apart[a[link] as number]?.add(b[link] as number)
    apart[b[link] as number]?.add(a[link] as number)
  }
  return apart
}
