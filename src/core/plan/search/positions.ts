/**
 * How all pieces of a board can stand, as far as a search has seen: a table that finds a position by its states, kept
 * in flat arrays because there may be a million of them.
 */
export interface Positions {
  readonly count: () => number
  /** Whether there is no room for more. */
  readonly full: () => boolean
  /** The number of a position, or -1. */
  readonly find: (at: Uint16Array) => number
  readonly add: (at: Uint16Array, spent: number, left: number, parent: number) => number
  readonly improve: (node: number, spent: number, parent: number) => void
  readonly read: (node: number, at: Uint16Array) => void
  readonly is: (node: number, at: Uint16Array) => boolean
  /** What it cost to get here. */
  readonly spent: (node: number) => number
  /** What is still to come, at least. */
  readonly left: (node: number) => number
  readonly parent: (node: number) => number
  readonly closed: (node: number) => boolean
  readonly close: (node: number) => void
}

export function positions(width: number): Positions {
  const most = Math.floor(ROOM_BYTES / (2 * width + BYTES_BESIDE))
  let room = Math.min(most, 1024)
  let states = new Uint16Array(room * width)
  let spent = new Float64Array(room)
  let left = new Float64Array(room)
  let parent = new Int32Array(room)
  let closed = new Uint8Array(room)
  let slots = new Int32Array(slotsFor(room)).fill(-1)
  let count = 0

  const same = (node: number, at: Uint16Array): boolean => {
    const start = node * width
    for (let piece = 0; piece < width; piece++) if (states[start + piece] !== at[piece]) return false
    return true
  }
  const slotOf = (at: Uint16Array): number => {
    const mask = slots.length - 1
    let slot = hash(at) & mask
    for (let node = slots[slot] as number; node >= 0 && !same(node, at); node = slots[slot] as number)
      slot = (slot + 1) & mask
    return slot
  }
  const grow = (): void => {
    room = Math.min(most, room * 2)
    states = copied(new Uint16Array(room * width), states)
    spent = copied(new Float64Array(room), spent)
    left = copied(new Float64Array(room), left)
    parent = copied(new Int32Array(room), parent)
    closed = copied(new Uint8Array(room), closed)
    slots = new Int32Array(slotsFor(room)).fill(-1)
    for (let node = 0; node < count; node++) slots[slotOf(states.subarray(node * width, (node + 1) * width))] = node
  }
  return {
    count: () => count,
    full: () => count >= most,
    find: at => slots[slotOf(at)] as number,
    add: (at, cost, rest, from) => {
      if (count === room) grow()
      states.set(at, count * width)
      spent[count] = cost
      left[count] = rest
      parent[count] = from
      slots[slotOf(at)] = count
      return count++
    },
    improve: (node, cost, from) => {
      spent[node] = cost
      parent[node] = from
    },
    read: (node, at) => at.set(states.subarray(node * width, (node + 1) * width)),
    is: same,
    spent: node => spent[node] as number,
    left: node => left[node] as number,
    parent: node => parent[node] as number,
    closed: node => closed[node] === 1,
    close: node => {
      closed[node] = 1
    },
  }
}

/** Enough for some four million positions of a knot of ten. */
const ROOM_BYTES = 200 * 2 ** 20

/** What a position takes beside its states: two costs, a parent, a flag, and its slots. */
const BYTES_BESIDE = 30

function slotsFor(room: number): number {
  return 2 ** Math.ceil(Math.log2(room * 2))
}

/** FNV-1a over the states, with a last stir, for neighbouring positions differ in one small number. */
function hash(at: Uint16Array): number {
  let sum = 0x811c9dc5
  for (let piece = 0; piece < at.length; piece++) sum = Math.imul(sum ^ (at[piece] as number), 0x01000193)
  return (sum ^ (sum >>> 15)) >>> 0
}

function copied<T extends {set: (from: T) => void}>(to: T, from: T): T {
  to.set(from)
  return to
}
