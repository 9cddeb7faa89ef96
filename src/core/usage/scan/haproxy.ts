import {
  BACKEND,
  BAR,
  CLOSE_BRACE,
  COLON,
  DATE_LENGTH,
  GROUP,
  HEADER,
  LEAST_NUMBERS,
  LEAST_TIMERS,
  NOTICE,
  OPEN,
  OPEN_BRACE,
  QUOTE,
  REQUEST,
  SLASH,
  SPACE,
  STATUS,
  TIME,
  UNREADABLE,
} from './bytes.ts'
import {FIELD, MAX_HEADERS, set, setTarget, textOf, type LineFormat, type LineKind, type Slices} from './fields.ts'
import {datedReader, type HourStart} from './dated.ts'
import {isDate, isStatus, setAddress, skipNumbers, skipTo} from './haproxy-parts.ts'
import {indexOf} from './words.ts'

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
  return {
    isUsual: true,
    instant: datedReader(hourStart),
    text: (bytes, start, end) => unescape(textOf(bytes, start, end)),
    split: (bytes, start, end, slices) => setCaptures(bytes, start, end, captures, slices),
    read: readLine,
  }
}

function readLine(bytes: Uint8Array, view: DataView, start: number, end: number, slices: Slices): LineKind {
  const address = findAddress(bytes, start, end)
  if (address < 0) return isTorn(textOf(bytes, start, end)) ? UNREADABLE : NOTICE
  const space = skipTo(bytes, address, end, SPACE)
  const date = space + 2
  const names = date + DATE_LENGTH
  setAddress(bytes, address, space, slices)
  set(slices, TIME, date, names)
  const backend = skipTo(bytes, names + 2, end, SPACE) + 1
  // The front end says something of its own.
  if (bytes[backend - 2] === COLON) return NOTICE
  const slash = skipTo(bytes, backend, end, SLASH)
  set(slices, BACKEND, backend, slash)
  const status = skipTo(bytes, skipTo(bytes, slash, end, SPACE) + LEAST_TIMERS, end, SPACE) + 1
  const after = skipTo(bytes, status, end, SPACE)
  if (!isStatus(bytes, status, after)) return UNREADABLE
  set(slices, STATUS, status, after)
  return readTail(bytes, view, skipNumbers(bytes, after + LEAST_NUMBERS, end), end, slices)
}

/** The captures of the request, then those of the response, then the request. */
function readTail(bytes: Uint8Array, view: DataView, from: number, end: number, slices: Slices): LineKind {
  let at = from
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

/** `#7D` -> `}`. */
function unescape(text: string): string {
  return text.replaceAll(/#([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
