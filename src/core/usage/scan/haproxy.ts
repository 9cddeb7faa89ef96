import {BYTE, FIELD, isDigit, LINE, MAX_HEADERS, setTarget, textOf, type LineFormat, type Slices} from './fields.ts'
import {datedReader, type HourStart} from './dated.ts'
import {isSame, viewOf} from './words.ts'

/** The first capture of a log that was set up with our template; the others then stand in {@link TEMPLATE_CAPTURES}. */
export const CAPTURE_MARK = 'sluice1'

/** What our template captures after the mark, in this order; the contracts' headers follow. */
export const TEMPLATE_CAPTURES = ['certificate', 'keyHash', 'subject', 'service', 'agent', 'rpc'] as const

export interface HaproxyOptions {
  /** The proxy writes its own local time without a zone. */
  readonly hourStart: HourStart
  /** The slot of each captured request header, in the order of the proxy's configuration; -1 for what does not matter. */
  readonly captures: readonly number[]
}

/** Length of `06/Feb/2009:12:14:14.655`. */
const DATE_LENGTH = 24
/** Length of `Nov 23 23:42:03 `, before the host's name. */
const SYSLOG_TIME = 16
/** The shortest timers, ` 0/0/0/0/0`. */
const LEAST_TIMERS = 10
/** The shortest of what stands between the status and the captures, ` 0 - - ---- 0/0/0/0/0 0/0 `. */
const LEAST_NUMBERS = 26

const MARK = new TextEncoder().encode(CAPTURE_MARK)
const TEMPLATE_SLOTS = [
  ...TEMPLATE_CAPTURES.map(name => FIELD[name]),
  ...Array.from({length: MAX_HEADERS}, (_, i) => FIELD.header + i),
]

/**
 * `option httplog`, behind any syslog header. The proxy writes `"`, `{`, `}` and `|` of a request as `#XX`, so no client can
 * forge the marks that are looked for here.
 *
 *     Feb  6 12:14:14 lb haproxy[9]: 10.0.1.2:33317 [06/Feb/2009:12:14:14.655] web accounts/a1 10/0/30/69/109 200 2750 - -
 *     ---- 1/1/1/1/0 0/0 {captures of the request} {of the response} "GET /index.html HTTP/1.1"
 */
export function haproxyFormat({hourStart, captures}: HaproxyOptions): LineFormat {
  const prefix = prefixFinder()
  return {
    instant: datedReader(hourStart),
    text: (bytes, start, end) => unescape(textOf(bytes, start, end)),
    read(bytes, view, start, end, slices) {
      const address = prefix(bytes, view, start, end)
      if (address < 0) return isTorn(textOf(bytes, start, end)) ? LINE.unreadable : LINE.notice
      let at = skipTo(bytes, address, end, BYTE.space)
      const date = at + 2
      if (!isDate(bytes, date, end)) return LINE.unreadable
      setAddress(bytes, address, at, slices)
      set(slices, FIELD.time, date, date + DATE_LENGTH)
      // The name of the front end, then `back end/server`.
      at = skipTo(bytes, date + DATE_LENGTH + 2, end, BYTE.space) + 1
      if (bytes[at - 2] === BYTE.colon) return LINE.notice
      const slash = skipTo(bytes, at, end, BYTE.slash)
      set(slices, FIELD.backend, at, slash)
      at = skipTo(bytes, skipTo(bytes, slash, end, BYTE.space) + LEAST_TIMERS, end, BYTE.space) + 1
      const status = at
      at = skipTo(bytes, status, end, BYTE.space)
      if (!isStatus(bytes, status, at)) return LINE.unreadable
      set(slices, FIELD.status, status, at)
      at = skipNumbers(bytes, at + LEAST_NUMBERS, end)
      for (let group = 0; group < 2 && bytes[at] === BYTE.openBrace; group++) {
        const close =
          group === 0 ? setCaptures(bytes, at + 1, end, captures, slices) : skipTo(bytes, at, end, BYTE.closeBrace)
        if (close + 1 >= end || bytes[close + 1] !== BYTE.space) return LINE.unreadable
        at = close + 2
      }
      if (at >= end || bytes[at] !== BYTE.quote) return LINE.unreadable
      // A line longer than the proxy's limit ends without its last quote; the path in front is whole.
      const last = bytes[end - 1] === BYTE.quote && end - 1 > at ? end - 1 : end
      setTarget(bytes, at + 1, last, slices)
      return LINE.request
    },
  }
}

/** Where the client's address starts, or -1. Nearly every line has the syslog header of the line before. */
function prefixFinder(): (bytes: Uint8Array, view: DataView, start: number, end: number) => number {
  let known = viewOf(new Uint8Array(0))
  let length = -1
  return (bytes, view, start, end) => {
    const last = start + length
    if (length >= 0 && last <= end && isSame(view, last - known.byteLength, known, 0, known.byteLength)) {
      if (isDate(bytes, skipTo(bytes, last, end, BYTE.space) + 2, end)) return last
    }
    const address = findAddress(bytes, start, end)
    length = address - start > SYSLOG_TIME ? address - start : -1
    if (length >= 0) known = viewOf(bytes.slice(start + SYSLOG_TIME, address))
    return address
  }
}

/** The word in front of the first ` [` that opens a date. */
function findAddress(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    if (bytes[at] !== BYTE.open || bytes[at - 1] !== BYTE.space || !isDate(bytes, at + 1, end)) continue
    let address = at - 1
    while (address > start && bytes[address - 1] !== BYTE.space) address--
    return address
  }
  return -1
}

/** Two slashes, a colon and the bracket at the end are where a date has them. */
function isDate(bytes: Uint8Array, at: number, end: number): boolean {
  return (
    at + DATE_LENGTH < end &&
    bytes[at - 1] === BYTE.open &&
    bytes[at + 2] === BYTE.slash &&
    bytes[at + 6] === BYTE.slash &&
    bytes[at + 11] === BYTE.colon &&
    bytes[at + DATE_LENGTH] === BYTE.close
  )
}

/** Three digits, or `-1` where the request got no answer. */
function isStatus(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at === 2) return bytes[at] === BYTE.minus && bytes[at + 1] === BYTE.zero + 1
  return end - at === 3 && isDigit(bytes[at]) && isDigit(bytes[at + 1]) && isDigit(bytes[at + 2])
}

/** The address without its port. */
function setAddress(bytes: Uint8Array, start: number, end: number, slices: Slices): void {
  let colon = end - 1
  while (colon > start && bytes[colon] !== BYTE.colon) colon--
  set(slices, FIELD.address, start, bytes[colon] === BYTE.colon ? colon : end)
}

/** Answers where the closing brace is. */
function setCaptures(
  bytes: Uint8Array,
  start: number,
  end: number,
  captures: readonly number[],
  slices: Slices,
): number {
  const marked = isMarked(bytes, start, end)
  const slots = marked ? TEMPLATE_SLOTS : captures
  let from = marked ? start + MARK.length + 1 : start
  let n = 0
  let at = from
  for (; at < end; at++) {
    const byte = bytes[at]
    if (byte !== BYTE.bar && byte !== BYTE.closeBrace) continue
    const slot = n < slots.length ? slots[n++]! : -1
    if (slot >= 0) set(slices, slot, from, at)
    if (byte === BYTE.closeBrace) return at
    from = at + 1
  }
  return end
}

function isMarked(bytes: Uint8Array, start: number, end: number): boolean {
  if (start + MARK.length >= end) return false
  for (let i = 0; i < MARK.length; i++) if (bytes[start + i] !== MARK[i]) return false
  return bytes[start + MARK.length] === BYTE.bar
}

/** Looks like a part of a request. A message of the proxy, such as `Server a/b is DOWN`, has neither mark. */
function isTorn(line: string): boolean {
  return line.includes(' [') || line.includes(' HTTP/')
}

/** The place of the brace or quote behind the numbers: no other byte there is like them. */
function skipNumbers(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  while (at < end && bytes[at] !== BYTE.openBrace && bytes[at] !== BYTE.quote) at++
  return at
}

/** The place of the next such byte, or `end`. */
function skipTo(bytes: Uint8Array, from: number, end: number, byte: number): number {
  let at = from
  while (at < end && bytes[at] !== byte) at++
  return at
}

function set(slices: Slices, slot: number, start: number, end: number): void {
  slices[2 * slot] = start
  slices[2 * slot + 1] = end
}

/** `#7D` -> `}`. */
function unescape(text: string): string {
  return text.replaceAll(/#([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
