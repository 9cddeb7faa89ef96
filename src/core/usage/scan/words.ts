/** Bytes are compared and hashed four at a time: that is most of the time that a line takes. */

/** Are `length` bytes at the two places the same? */
export function isSame(a: DataView, atA: number, b: DataView, atB: number, length: number): boolean {
  const last = length - 4
  if (last < 0) return isSameShort(a, atA, b, atB, length)
  for (let i = 0; i < last; i += 4) if (a.getInt32(atA + i, true) !== b.getInt32(atB + i, true)) return false
  return a.getInt32(atA + last, true) === b.getInt32(atB + last, true)
}

function isSameShort(a: DataView, atA: number, b: DataView, atB: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a.getUint8(atA + i) !== b.getUint8(atB + i)) return false
  return true
}

/** A number that differs for nearly all runs of bytes that differ. */
export function hashOf(seed: number, view: DataView, start: number, end: number): number {
  let hash = Math.imul(seed ^ FNV_OFFSET, FNV_PRIME)
  const last = end - 4
  if (last < start) {
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ view.getUint8(i), FNV_PRIME)
    return hash ^ (hash >>> 13)
  }
  for (let i = start; i < last; i += 4) {
    hash = Math.imul(hash ^ view.getInt32(i, true), FNV_PRIME)
    hash ^= hash >>> 15
  }
  // The last four bytes, of which some were taken already: that is quicker than one after the other.
  hash = Math.imul(hash ^ view.getInt32(last, true), FNV_PRIME)
  return hash ^ (hash >>> 13)
}

/** The place of the next such byte, or `end`. */
export function indexOf(view: DataView, from: number, end: number, byte: number): number {
  const four = Math.imul(byte, 0x01010101)
  let at = from
  for (; at + 4 <= end; at += 4) {
    const differing = view.getInt32(at, true) ^ four
    // One bit for each of the four bytes that is 0, that is, the one that is looked for; the lowest is never wrong.
    const found = (differing - 0x01010101) & ~differing & 0x80808080
    if (found !== 0) return at + ((31 - Math.clz32(found & -found)) >>> 3)
  }
  while (at < end && view.getUint8(at) !== byte) at++
  return at
}

const FNV_OFFSET = -2128831035
const FNV_PRIME = 16777619

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
