/**
 * Remembers a number for a key of bytes, so that text is made of a part of a line only when it is seen for the first
 * time. Room is fixed: a full memo forgets all and starts anew, which costs time and never a count.
 */
export interface ByteMemo {
  /** Starts a key; keys with another tag, 0 to 255, are other keys. */
  begin(tag: number): void
  /** Adds bytes to the key; parts are kept apart by their lengths. */
  add(bytes: Uint8Array, start: number, end: number): void
  /** The number that is kept for the key, or -1. */
  get(): number
  /** Keeps a number, 0 or above, for the key that {@link get} has just been asked for. */
  put(value: number): void
}

/** Keys longer than this are not remembered. */
const MAX_KEY = 1024

export function byteMemo(capacity: number, room: number): ByteMemo {
  const slots = 2 * capacity
  const hashes = new Int32Array(slots)
  const starts = new Int32Array(slots)
  const lengths = new Int32Array(slots)
  const values = new Int32Array(slots).fill(-1)
  const arena = new Uint8Array(room)
  const key = new Uint8Array(MAX_KEY)
  let keyLength = 0
  let hash = 0
  let place = 0
  let count = 0
  let used = 0

  function find(): number {
    let slot = (hash >>> 0) & (slots - 1)
    while (values[slot]! >= 0 && !(hashes[slot] === hash && lengths[slot] === keyLength && isAt(starts[slot]!))) {
      slot = (slot + 1) & (slots - 1)
    }
    return slot
  }

  function isAt(start: number): boolean {
    for (let i = 0; i < keyLength; i++) if (arena[start + i] !== key[i]) return false
    return true
  }

  return {
    begin(tag) {
      key[0] = tag
      keyLength = 1
      hash = -2128831035 ^ tag
    },
    add(bytes, start, end) {
      const length = end - start
      if (keyLength + length + 2 > MAX_KEY) {
        keyLength = MAX_KEY + 1
        return
      }
      let h = Math.imul(hash ^ length, 16777619)
      key[keyLength++] = length & 255
      key[keyLength++] = length >> 8
      for (let i = start; i < end; i++) {
        const byte = bytes[i]!
        key[keyLength++] = byte
        h = Math.imul(h ^ byte, 16777619)
      }
      hash = h
    },
    get() {
      if (keyLength > MAX_KEY) return -1
      hash ^= hash >>> 15
      place = find()
      return values[place]!
    },
    put(value) {
      if (keyLength > MAX_KEY) return
      if (count >= capacity || used + keyLength > room) {
        values.fill(-1)
        count = 0
        used = 0
        place = find()
      }
      arena.set(key.subarray(0, keyLength), used)
      starts[place] = used
      lengths[place] = keyLength
      hashes[place] = hash
      values[place] = value
      used += keyLength
      count++
    },
  }
}
