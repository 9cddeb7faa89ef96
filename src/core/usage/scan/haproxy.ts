import {
  ADDRESS,
  BACKEND,
  BAR,
  CLOSE,
  CLOSE_BRACE,
  COLON,
  DATE_LENGTH,
  GROUP,
  HEADER,
  LEAST_NUMBERS,
  LEAST_TIMERS,
  MINUS,
  NOTICE,
  OPEN,
  OPEN_BRACE,
  QUOTE,
  REQUEST,
  SLASH,
  SPACE,
  STATUS,
  SYSLOG_TIME,
  TIME,
  UNREADABLE,
  ZERO,
} from './bytes.ts'
import {FIELD, isDigit, MAX_HEADERS, setTarget, textOf, type LineFormat, type Slices} from './fields.ts'
import {datedReader, type HourStart} from './dated.ts'
import {indexOf, isSame, viewOf} from './words.ts'

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

const MARK = new TextEncoder().encode(CAPTURE_MARK)
const TEMPLATE_SLOTS = [
  ...TEMPLATE_CAPTURES.map(name => FIELD[name]),
  ...Array.from({length: MAX_HEADERS}, (_, i) => HEADER + i),
]

/**
 * `option httplog`, behind any syslog header. The proxy writes `"`, `{`, `}` and `|` of a request as `#XX`, so no client can
 * forge the marks that are looked for here.
 *
 *     Feb  6 12:14:14 lb haproxy[9]: 10.0.1.2:33317 [06/Feb/2009:12:14:14.655] web accounts/a1 10/0/30/69/109 200 2750 - -
 *     ---- 1/1/1/1/0 0/0 {captures of the request} {of the response} "GET /index.html HTTP/1.1"
 */
export function haproxyFormat({hourStart, captures}: HaproxyOptions): LineFormat {
  const addresses = addressFinder()
  const names = namesFinder()
  return {
    instant: datedReader(hourStart),
    text: (bytes, start, end) => unescape(textOf(bytes, start, end)),
    split: (bytes, start, end, slices) => setCaptures(bytes, start, end, captures, slices),
    read(bytes, view, start, end, slices) {
      const space = addresses.find(bytes, view, start, end)
      if (space < 0) return isTorn(textOf(bytes, start, end)) ? UNREADABLE : NOTICE
      const date = space + 2
      setAddress(bytes, addresses.start, space, slices)
      set(slices, TIME, date, date + DATE_LENGTH)
      const slash = names(bytes, view, date + DATE_LENGTH, end, slices)
      if (slash < 0) return NOTICE
      let at = skipTo(bytes, skipTo(bytes, slash, end, SPACE) + LEAST_TIMERS, end, SPACE) + 1
      const status = at
      at = skipTo(bytes, status, end, SPACE)
      if (!isStatus(bytes, status, at)) return UNREADABLE
      set(slices, STATUS, status, at)
      at = skipNumbers(bytes, at + LEAST_NUMBERS, end)
      // The captures of the request, then those of the response.
      for (let n = 0; n < 2 && bytes[at] === OPEN_BRACE; n++) {
        const close = indexOf(view, at + 1, end, CLOSE_BRACE)
        if (n === 0) set(slices, GROUP, at + 1, close)
        if (close + 1 >= end || bytes[close + 1] !== SPACE) return UNREADABLE
        at = close + 2
      }
      if (at >= end || bytes[at] !== QUOTE) return UNREADABLE
      // A line longer than the proxy's limit ends without its last quote; the path in front is whole.
      const last = bytes[end - 1] === QUOTE && end - 1 > at ? end - 1 : end
      setTarget(bytes, at + 1, last, slices)
      return REQUEST
    },
  }
}

interface AddressFinder {
  /** Where the client's address and port end, or -1. Nearly every line has the syslog header of the line before. */
  find(bytes: Uint8Array, view: DataView, start: number, end: number): number
  /** Where the address starts that was found last. */
  start: number
}

function addressFinder(): AddressFinder {
  let known = viewOf(new Uint8Array(0))
  let length = -1
  const finder: AddressFinder = {
    start: -1,
    find(bytes, view, start, end) {
      const last = start + length
      if (length >= 0 && last <= end && isSame(view, last - known.byteLength, known, 0, known.byteLength)) {
        finder.start = last
        const space = skipTo(bytes, last, end, SPACE)
        if (isDate(bytes, space + 2, end)) return space
      }
      const address = findAddress(bytes, start, end)
      length = address - start > SYSLOG_TIME ? address - start : -1
      if (length >= 0) known = viewOf(bytes.slice(start + SYSLOG_TIME, address))
      finder.start = address
      return address < 0 ? -1 : skipTo(bytes, address, end, SPACE)
    },
  }
  return finder
}

/**
 * Sets the back end, and answers where the slash behind it is; -1 where the front end says something of its own. Most
 * lines have the names of the line before.
 */
function namesFinder(): (bytes: Uint8Array, view: DataView, close: number, end: number, slices: Slices) => number {
  let known = viewOf(new Uint8Array(0))
  let offset = 0
  return (bytes, view, close, end, slices) => {
    const length = known.byteLength
    if (length > 0 && close + length <= end && isSame(view, close, known, 0, length)) {
      set(slices, BACKEND, close + offset, close + length - 1)
      return close + length - 1
    }
    const backend = skipTo(bytes, close + 2, end, SPACE) + 1
    if (bytes[backend - 2] === COLON) return -1
    const slash = skipTo(bytes, backend, end, SLASH)
    set(slices, BACKEND, backend, slash)
    if (slash < end) {
      known = viewOf(bytes.slice(close, slash + 1))
      offset = backend - close
    }
    return slash
  }
}

/** The word in front of the first ` [` that opens a date. */
function findAddress(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    if (bytes[at] !== OPEN || bytes[at - 1] !== SPACE || !isDate(bytes, at + 1, end)) continue
    let address = at - 1
    while (address > start && bytes[address - 1] !== SPACE) address--
    return address
  }
  return -1
}

/** Two slashes, a colon and the bracket at the end are where a date has them. */
function isDate(bytes: Uint8Array, at: number, end: number): boolean {
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
function isStatus(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at === 2) return bytes[at] === MINUS && bytes[at + 1] === ZERO + 1
  return end - at === 3 && isDigit(bytes[at]) && isDigit(bytes[at + 1]) && isDigit(bytes[at + 2])
}

/** The address without its port. */
function setAddress(bytes: Uint8Array, start: number, end: number, slices: Slices): void {
  let colon = end - 1
  while (colon > start && bytes[colon] !== COLON) colon--
  set(slices, ADDRESS, start, bytes[colon] === COLON ? colon : end)
}

function setCaptures(bytes: Uint8Array, start: number, end: number, captures: readonly number[], slices: Slices): void {
  const marked = isMarked(bytes, start, end)
  const slots = marked ? TEMPLATE_SLOTS : captures
  let from = marked ? start + MARK.length + 1 : start
  for (let n = 0; from <= end && n < slots.length; n++) {
    const to = skipTo(bytes, from, end, BAR)
    if (slots[n]! >= 0) set(slices, slots[n]!, from, to)
    from = to + 1
  }
}

function isMarked(bytes: Uint8Array, start: number, end: number): boolean {
  if (start + MARK.length >= end) return false
  for (let i = 0; i < MARK.length; i++) if (bytes[start + i] !== MARK[i]) return false
  return bytes[start + MARK.length] === BAR
}

/** Looks like a part of a request. A message of the proxy, such as `Server a/b is DOWN`, has neither mark. */
function isTorn(line: string): boolean {
  return line.includes(' [') || line.includes(' HTTP/')
}

/** The place of the brace or quote behind the numbers: no other byte there is like them. */
function skipNumbers(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  while (at < end && bytes[at] !== OPEN_BRACE && bytes[at] !== QUOTE) at++
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
