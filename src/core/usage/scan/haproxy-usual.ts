import {
  ADDRESS,
  BACKEND,
  CLOSE,
  COLON,
  DATE_LENGTH,
  LEAST_NUMBERS,
  LEAST_TIMERS,
  MINUS,
  NINE,
  OPEN,
  OPEN_BRACE,
  QUOTE,
  SLASH,
  SPACE,
  STATUS,
  SYSLOG_TIME,
  TIME,
  ZERO,
} from './bytes.ts'
import {isDigit, set, type Slices} from './fields.ts'
import {indexOf, isSame, viewOf} from './words.ts'

/** What nearly every line of a log shares with the line before: who wrote it, the front end and the back end. */
export interface LineBefore {
  /**
   * Reads a line as far as its captures, if it is like the line that was kept, and answers where they begin; -1 where it
   * is not, or where anything in it is out of the ordinary.
   */
  read(bytes: Uint8Array, view: DataView, start: number, end: number, slices: Slices): number
  /** The line that the next ones are compared with, by the places of its parts. */
  keep(bytes: Uint8Array, start: number, address: number, names: number, backend: number, slash: number): void
}

/**
 * One function without another in it, since a call for each part of a line would cost as much as the reading:
 *
 *     Feb  6 12:14:14 lb haproxy[9]: 10.0.1.2:33317 [06/Feb/2009:12:14:14.655] web accounts/a1 10/0/30/69/109 200 2750 ...
 *     \_____________/\______________/                                         \____________/
 *          stamp           writer                                                  names
 */
export function lineBefore(): LineBefore {
  let writer = viewOf(new Uint8Array(0))
  let names = viewOf(new Uint8Array(0))
  let writerLength = 0
  let namesLength = 0
  /** Length of the time in front of the writer's name; -1 before any line was kept. */
  let stamp = -1
  /** Where the back end begins in `names`. */
  let backend = 0
  return {
    read(bytes, view, start, end, slices) {
      const from = start + stamp
      const address = from + writerLength
      if (stamp < 0 || address >= end || !isSame(view, from, writer, 0, writerLength)) return -1
      let at = indexOf(view, address, end, SPACE)
      let colon = at - 1
      while (colon > address && bytes[colon] !== COLON) colon--
      if (!isDate(bytes, at + 2, end)) return -1
      const close = at + 2 + DATE_LENGTH
      const slash = close + namesLength - 1
      if (slash >= end || !isSame(view, close, names, 0, namesLength)) return -1
      slices[2 * ADDRESS] = address
      slices[2 * ADDRESS + 1] = bytes[colon] === COLON ? colon : at
      slices[2 * TIME] = at + 2
      slices[2 * TIME + 1] = close
      slices[2 * BACKEND] = close + backend
      slices[2 * BACKEND + 1] = slash
      at = indexOf(view, slash, end, SPACE) + LEAST_TIMERS
      while (at < end && bytes[at] !== SPACE) at++
      if (at + 4 >= end || bytes[at + 4] !== SPACE) return -1
      for (let i = at + 1; i < at + 4; i++) if (bytes[i]! < ZERO || bytes[i]! > NINE) return -1
      slices[2 * STATUS] = at + 1
      slices[2 * STATUS + 1] = at + 4
      at += 4 + LEAST_NUMBERS
      while (at < end && bytes[at] !== OPEN_BRACE && bytes[at] !== QUOTE) at++
      return at
    },
    keep(bytes, start, address, namesAt, backendAt, slash) {
      stamp = stampLength(bytes, start, address)
      if (stamp < 0) return
      writer = viewOf(bytes.slice(start + stamp, address))
      names = viewOf(bytes.slice(namesAt, slash + 1))
      writerLength = writer.byteLength
      namesLength = names.byteLength
      backend = backendAt - namesAt
    },
  }
}

/** Nothing in front of the address, the old time of syslog, or one that goes to the first space; -1 for anything else. */
function stampLength(bytes: Uint8Array, start: number, address: number): number {
  if (address === start) return 0
  if (!isDigit(bytes[start])) return address - start > SYSLOG_TIME ? SYSLOG_TIME : -1
  return skipTo(bytes, start, address, SPACE) - start
}

/** Two slashes, a colon and the brackets are where a date has them. */
export function isDate(bytes: Uint8Array, at: number, end: number): boolean {
  return (
    at + DATE_LENGTH < end &&
    bytes[at - 1] === OPEN &&
    bytes[at + 2] === SLASH &&
    bytes[at + 6] === SLASH &&
    bytes[at + 11] === COLON &&
    bytes[at + DATE_LENGTH] === CLOSE
  )
}

/** Three digits, or `-1` where the request got no answer. */
export function isStatus(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at === 2) return bytes[at] === MINUS && bytes[at + 1] === ZERO + 1
  return end - at === 3 && isDigit(bytes[at]) && isDigit(bytes[at + 1]) && isDigit(bytes[at + 2])
}

/** The address without its port. */
export function setAddress(bytes: Uint8Array, start: number, end: number, slices: Slices): void {
  let colon = end - 1
  while (colon > start && bytes[colon] !== COLON) colon--
  set(slices, ADDRESS, start, bytes[colon] === COLON ? colon : end)
}

/** The place of the brace or quote behind the numbers: no other byte there is like them. */
export function skipNumbers(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  while (at < end && bytes[at] !== OPEN_BRACE && bytes[at] !== QUOTE) at++
  return at
}

/** The place of the next such byte, or `end`. */
export function skipTo(bytes: Uint8Array, from: number, end: number, byte: number): number {
  let at = from
  while (at < end && bytes[at] !== byte) at++
  return at
}
