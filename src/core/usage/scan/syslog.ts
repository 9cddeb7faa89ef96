import {NEWLINE, SPACE} from './bytes.ts'

/** Longer messages are none: whoever sends them speaks something else. */
export const MAX_FRAME = 1 << 20

/** Puts messages together from a stream of syslog, by octet count or by lines, as each one begins (RFC 6587). */
export interface Framer {
  /** False where the stream cannot be understood any more. */
  push(bytes: Uint8Array): boolean
  /** Bytes of a message that has not come to its end. */
  pending(): number
}

export function framer(onMessage: (message: Uint8Array) => void): Framer {
  let rest: Uint8Array = new Uint8Array(0)

  /** Where the first message of `rest` begins and ends, and where the next one begins; undefined while it is not whole. */
  function frame(): {readonly from: number; readonly to: number; readonly next: number} | 'broken' | undefined {
    const counted = countAt(rest)
    if (counted === undefined) return undefined
    if (counted) {
      const to = counted.from + counted.length
      if (counted.length > MAX_FRAME) return 'broken'
      return to <= rest.length ? {from: counted.from, to, next: to} : undefined
    }
    const newline = rest.indexOf(NEWLINE)
    if (newline < 0) return rest.length > MAX_FRAME ? 'broken' : undefined
    return {from: 0, to: newline, next: newline + 1}
  }

  return {
    pending: () => rest.length,
    push(bytes) {
      const joined = new Uint8Array(rest.length + bytes.length)
      joined.set(rest)
      joined.set(bytes, rest.length)
      rest = joined
      for (let found = frame(); found !== undefined; found = frame()) {
        if (found === 'broken') return false
        if (found.to > found.from) onMessage(rest.subarray(found.from, found.to))
        rest = rest.subarray(found.next)
      }
      return true
    },
  }
}

const MOST_DIGITS = 7

/** The octet count that the bytes begin with; null where they begin with none, undefined while that is not known. */
function countAt(bytes: Uint8Array): {readonly from: number; readonly length: number} | null | undefined {
  let at = 0
  let length = 0
  for (; at < bytes.length && isDigit(bytes[at]!); at++) length = length * 10 + bytes[at]! - 48
  if (at > MOST_DIGITS) return null
  if (at === bytes.length) return undefined
  return at > 0 && bytes[at] === SPACE ? {from: at + 1, length} : null
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}

const OLD_HEADER = /^(?:<\d{1,3}>)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d |\d{4}-\d\d-\d\dT\S+ )(?:[^\s:]+ )?[^\s:]+: /
const NEW_HEADER = /^<\d{1,3}>1 \S+ \S+ \S+ \S+ \S+ (?:-|(?:\[(?:[^\]\\]|\\.)*\])+) ?(?:\uFEFF|\u00EF\u00BB\u00BF)?/
const PRIORITY = /^<\d{1,3}>/
/** No header is longer. */
const MOST_HEADER = 1024

/**
 * What the sender wrote into its log, as one line: without the header of RFC 5424 or RFC 3164, and with spaces for the
 * newlines that a counted message may hold.
 */
export function lineOf(message: Uint8Array): Uint8Array {
  const head = String.fromCharCode(...message.subarray(0, MOST_HEADER))
  const header = NEW_HEADER.exec(head) ?? OLD_HEADER.exec(head) ?? PRIORITY.exec(head)
  const line = new Uint8Array(message.length - (header?.[0].length ?? 0) + 1)
  line.set(message.subarray(header?.[0].length ?? 0))
  for (let at = line.indexOf(NEWLINE); at >= 0; at = line.indexOf(NEWLINE, at + 1)) line[at] = SPACE
  line[line.length - 1] = NEWLINE
  return line
}
