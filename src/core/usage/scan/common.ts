import {ADDRESS, AGENT, BACKSLASH, CLOSE, OPEN, QUOTE, REQUEST, SPACE, STATUS, TIME, UNREADABLE} from './bytes.ts'
import {datedReader, type HourStart} from './dated.ts'
import {isDigit, setTarget, textOf, type LineFormat} from './fields.ts'

/**
 * The common log format, and the combined one that has the referrer and the User-Agent behind it, as Apache and nginx
 * write them. A quote that a client sends is escaped in both.
 *
 *     10.0.1.2 - alice [06/Feb/2009:12:14:14 +0100] "GET /index.html HTTP/1.1" 200 2750 "-" "okhttp/4.9.3"
 */
export function commonFormat(hourStart: HourStart): LineFormat {
  return {
    instant: datedReader(hourStart),
    text: (bytes, start, end) => unescape(textOf(bytes, start, end)),
    read(bytes, _view, start, end, slices) {
      const address = skipTo(bytes, start, end, SPACE)
      const open = skipTo(bytes, address, end, OPEN)
      const close = skipTo(bytes, open, end, CLOSE)
      const quote = close + 2
      if (address === start || quote >= end || bytes[close + 1] !== SPACE || bytes[quote] !== QUOTE) return UNREADABLE
      const ended = closing(bytes, quote, end)
      const status = ended + 2
      const after = skipTo(bytes, status, end, SPACE)
      if (bytes[ended + 1] !== SPACE || !isStatus(bytes, status, after)) return UNREADABLE
      slices[2 * ADDRESS] = start
      slices[2 * ADDRESS + 1] = address
      slices[2 * TIME] = open + 1
      slices[2 * TIME + 1] = close
      slices[2 * STATUS] = status
      slices[2 * STATUS + 1] = after
      setTarget(bytes, quote + 1, ended, slices)
      const size = skipTo(bytes, after + 1, end, SPACE)
      if (bytes[size + 1] !== QUOTE || size + 1 >= end) return REQUEST
      const agent = closing(bytes, size + 1, end) + 2
      if (agent >= end || bytes[agent - 1] !== SPACE || bytes[agent] !== QUOTE) return UNREADABLE
      const agentEnd = closing(bytes, agent, end)
      if (agentEnd >= end) return UNREADABLE
      slices[2 * AGENT] = agent + 1
      slices[2 * AGENT + 1] = agentEnd
      return REQUEST
    },
  }
}

function isStatus(bytes: Uint8Array, at: number, end: number): boolean {
  return end - at === 3 && isDigit(bytes[at]) && isDigit(bytes[at + 1]) && isDigit(bytes[at + 2])
}

/** The place of the quote that ends what the quote at `from` begins. */
function closing(bytes: Uint8Array, from: number, end: number): number {
  let at = from + 1
  while (at < end && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at < end ? at : end
}

function skipTo(bytes: Uint8Array, from: number, end: number, byte: number): number {
  let at = from
  while (at < end && bytes[at] !== byte) at++
  return at
}

/** `\x22` and `\"` -> `"`. */
function unescape(text: string): string {
  return text.replaceAll(/\\(?:x([0-9A-Fa-f]{2})|(.))/g, (_, hex: string | undefined, char: string | undefined) =>
    hex === undefined ? (char ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
