import {hashOf, isSame, viewOf} from './words.ts'

/**
 * Remembers a number for a run of bytes, so that text is made of a part of a line only when it is seen for the first
 * time. Room is fixed: a full memo forgets all and starts anew, which costs time and never a count.
 */
export interface ByteMemo {
  /** The number kept for these bytes under this seed, or -1. The same bytes under another seed are another key. */
  get(seed: number, view: DataView, start: number, end: number): number
  /** Keeps a number, 0 or above, for the key that {@link get} was asked for last. */
  put(value: number): void
}

/** Longer runs are not remembered. */
const MAX_KEY = 1024

/** The numbers of one entry stand beside each other, up to a power of two: looking one up costs one line of the processor's cache. */
const SHIFT = 3
const STRIDE = 1 << SHIFT
const SEED = 1
const START = 2
const LENGTH = 3
/** One more than the number that is kept; 0 where nothing is. */
const KEPT = 4

/** @param capacity a power of two */
export function byteMemo(capacity: number, room: number): ByteMemo {
  const entries = new Int32Array(2 * capacity * STRIDE)
  const last = entries.length - 1
  const arena = new Uint8Array(room)
  const keys = viewOf(arena)
  let asked: {hash: number; seed: number; key: Uint8Array; at: number} | undefined
  let count = 0
  let used = 0

  return {
    get(seed, view, start, end) {
      const hash = hashOf(seed, view, start, end)
      const length = end - start
      let at = (hash << SHIFT) & last
      for (let kept = entries[at + KEPT]!; kept > 0; kept = entries[at + KEPT]!) {
        if (entries[at] === hash && entries[at + SEED] === seed && entries[at + LENGTH] === length) {
          if (isSame(keys, entries[at + START]!, view, start, length)) return kept - 1
        }
        at = (at + STRIDE) & last
      }
      const key = new Uint8Array(view.buffer, view.byteOffset + start, length)
      asked = length > MAX_KEY ? undefined : {hash, seed, key, at}
      return -1
    },
    put(value) {
      if (!asked) return
      const {hash, seed, key} = asked
      let {at} = asked
      if (count >= capacity || used + key.length > room) {
        entries.fill(0)
        count = 0
        used = 0
        at = (hash << SHIFT) & last
      }
      arena.set(key, used)
      entries.set([hash, seed, used, key.length, value + 1], at)
      used += key.length
      count++
    },
  }
}
