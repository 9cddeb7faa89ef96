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

/** @param capacity a power of two */
export function byteMemo(capacity: number, room: number): ByteMemo {
  const slots = 2 * capacity
  const hashes = new Int32Array(slots)
  const seeds = new Int32Array(slots)
  const starts = new Int32Array(slots)
  const lengths = new Int32Array(slots)
  const values = new Int32Array(slots).fill(-1)
  const arena = new Uint8Array(room)
  const kept = viewOf(arena)
  let asked: {hash: number; seed: number; key: Uint8Array; slot: number} | undefined
  let count = 0
  let used = 0

  return {
    get(seed, view, start, end) {
      const hash = hashOf(seed, view, start, end)
      const length = end - start
      let slot = hash & (slots - 1)
      while (values[slot]! >= 0) {
        if (hashes[slot] === hash && seeds[slot] === seed && lengths[slot] === length) {
          if (isSame(kept, starts[slot]!, view, start, length)) return values[slot]!
        }
        slot = (slot + 1) & (slots - 1)
      }
      const key = new Uint8Array(view.buffer, view.byteOffset + start, length)
      asked = length > MAX_KEY ? undefined : {hash, seed, key, slot}
      return -1
    },
    put(value) {
      if (!asked) return
      const {hash, seed, key} = asked
      let {slot} = asked
      if (count >= capacity || used + key.length > room) {
        values.fill(-1)
        count = 0
        used = 0
        slot = hash & (slots - 1)
      }
      arena.set(key, used)
      starts[slot] = used
      lengths[slot] = key.length
      hashes[slot] = hash
      seeds[slot] = seed
      values[slot] = value
      used += key.length
      count++
    },
  }
}
