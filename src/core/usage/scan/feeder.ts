import {NEWLINE} from './bytes.ts'
import type {Scanner} from './scanner.ts'

/** Lines longer than this are no lines of a log; they are read as broken ones. */
const MAX_LINE = 1 << 20

/** Puts whole lines together from pieces that end anywhere. */
export interface Feeder {
  push(bytes: Uint8Array): void
  /** Bytes behind the last newline: the beginning of a line that has not come to its end. */
  pending(): number
  /** Reads what is left as a line, where a source has ended without a newline. */
  finish(): void
}

export function feeder(scanner: Scanner): Feeder {
  let rest: Uint8Array = new Uint8Array(0)

  function keep(bytes: Uint8Array): void {
    // A copy, since the piece may be overwritten by the next; `slice` of a Buffer is none.
    rest = new Uint8Array(bytes.subarray(0, MAX_LINE))
  }

  return {
    pending: () => rest.length,
    push(bytes) {
      let start = 0
      if (rest.length > 0) {
        const newline = bytes.indexOf(NEWLINE)
        const joined = join(rest, newline < 0 ? bytes : bytes.subarray(0, newline + 1))
        if (newline < 0) return keep(joined)
        scanner.scan(joined, 0, joined.length)
        start = newline + 1
      }
      const end = scanner.scan(bytes, start, bytes.length)
      keep(bytes.subarray(end))
    },
    finish() {
      if (rest.length > 0) scanner.scan(join(rest, Uint8Array.of(NEWLINE)), 0, rest.length + 1)
      rest = new Uint8Array(0)
    },
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
