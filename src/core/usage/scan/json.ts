import {BACKSLASH, CLOSE, CLOSE_BRACE, COLON, COMMA, HEADER, MINUS, OPEN, OPEN_BRACE, QUOTE, SPACE} from './bytes.ts'
import type {Instant} from '../../base/units.ts'
import {FIELD, isDigit, LINE, setTarget, textOf, type FieldName, type LineFormat, type Slices} from './fields.ts'

/** The name of the key that holds each part; `request` is a whole request line, from which the target is taken. */
export interface JsonFields {
  readonly keys: Readonly<Partial<Record<FieldName | 'request', string>>>
  /** Keys of the headers that contracts look at, in their order. */
  readonly headers: readonly string[]
}

/** The keys of the nginx template. */
export const TEMPLATE_KEYS: JsonFields['keys'] = {
  time: 'time',
  target: 'target',
  request: 'request',
  status: 'status',
  backend: 'backend',
  certificate: 'certificate',
  keyHash: 'key_hash',
  subject: 'subject',
  service: 'service',
  agent: 'agent',
  address: 'address',
  rpc: 'rpc',
}

/** A whole request line rather than a target. */
const REQUEST = -2
const UNMAPPED = -1

/** One flat JSON object per line; keys inside of other objects are passed over. Of a key given twice the last counts, as in any JSON. */
export function jsonFormat(fields: JsonFields): LineFormat {
  const keys = keySlots(fields)
  const reader = objectReader(keys)
  return {
    read: reader,
    instant: (_view, bytes, start, end) => instantOf(textOf(bytes, start, end)),
    text(bytes, start, end) {
      const text = textOf(bytes, start, end)
      return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text
    },
  }
}

interface KeySlot {
  readonly key: Uint8Array
  readonly slot: number
}

function keySlots({keys, headers}: JsonFields): readonly KeySlot[] {
  const encoder = new TextEncoder()
  const named = Object.entries(keys).map(([name, key]) => ({
    key: encoder.encode(key),
    slot: name === 'request' ? REQUEST : FIELD[name as FieldName],
  }))
  return [...named, ...headers.map((key, i) => ({key: encoder.encode(key), slot: HEADER + i}))]
}

/** Seconds, milliseconds, or ISO 8601 with a zone. */
export function instantOf(text: string): Instant {
  if (!/^\d+(\.\d+)?$/.test(text)) return ISO.test(text) ? Date.parse(text) : Number.NaN
  const number = Number(text)
  return Math.floor(number < SECONDS_END ? number * 1000 : number)
}

const ISO = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

/** A number below is seconds, as far as the year 2286; above it is milliseconds, from April 1970. */
const SECONDS_END = 1e10

function objectReader(keys: readonly KeySlot[]): LineFormat['read'] {
  const slotOf = (bytes: Uint8Array, start: number, end: number) => {
    for (const {key, slot} of keys) if (isSame(bytes, start, end, key)) return slot
    return UNMAPPED
  }
  return (bytes, _view, start, end, slices) => {
    let at = skipSpace(bytes, start, end)
    if (bytes[at] !== OPEN_BRACE || at >= end) return LINE.unreadable
    at = skipSpace(bytes, at + 1, end)
    while (at < end) {
      const keyEnd = stringEnd(bytes, at, end)
      if (keyEnd < 0) return LINE.unreadable
      const slot = slotOf(bytes, at + 1, keyEnd)
      at = skipSpace(bytes, keyEnd + 1, end)
      if (at >= end || bytes[at] !== COLON) return LINE.unreadable
      const from = skipSpace(bytes, at + 1, end)
      const to = valueEnd(bytes, from, end, 0)
      if (to < 0) return LINE.unreadable
      if (slot !== UNMAPPED) keep(bytes, from, to, slot, slices)
      at = skipSpace(bytes, to, end)
      if (at < end && bytes[at] === CLOSE_BRACE)
        return skipSpace(bytes, at + 1, end) === end ? LINE.request : LINE.unreadable
      if (at >= end || bytes[at] !== COMMA) return LINE.unreadable
      at = skipSpace(bytes, at + 1, end)
    }
    return LINE.unreadable
  }
}

/** Strings without their quotes, numbers as they are; anything else is as good as not there. */
function keep(bytes: Uint8Array, from: number, to: number, slot: number, slices: Slices): void {
  const isString = bytes[from] === QUOTE
  const isNumber = isDigit(bytes[from]) || bytes[from] === MINUS
  if (slot === REQUEST) {
    if (isString) setTarget(bytes, from + 1, to - 1, slices)
    return
  }
  slices[2 * slot] = isString ? from + 1 : isNumber ? from : -1
  slices[2 * slot + 1] = isString ? to - 1 : isNumber ? to : -1
}

function isSame(bytes: Uint8Array, start: number, end: number, key: Uint8Array): boolean {
  if (end - start !== key.length) return false
  for (let i = 0; i < key.length; i++) if (bytes[start + i] !== key[i]) return false
  return true
}

function skipSpace(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  while (at < end && (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === 13 || bytes[at] === 10)) at++
  return at
}

/** The place of the quote that ends the string at `at`, or -1 where JSON would not accept it. */
function stringEnd(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] !== QUOTE) return -1
  let i = at + 1
  while (i < end) {
    const byte = bytes[i]!
    if (byte === QUOTE) return i
    if (byte < SPACE) return -1
    if (byte !== BACKSLASH) i++
    else if (ESCAPES.has(bytes[i + 1]!)) i += 2
    else if (bytes[i + 1] === 117 && isHex(bytes, i + 2, end)) i += 6
    else return -1
  }
  return -1
}

/** What may follow a backslash, but for `u`. */
const ESCAPES = new Set(new TextEncoder().encode('"\\/bfnrt'))

function isHex(bytes: Uint8Array, at: number, end: number): boolean {
  return at + 4 <= end && /^[0-9a-f]{4}$/i.test(textOf(bytes, at, at + 4))
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const MAX_DEPTH = 64

/** The place behind the value at `at`, or -1 where JSON would not accept it. */
function valueEnd(bytes: Uint8Array, at: number, end: number, depth: number): number {
  if (at >= end || depth > MAX_DEPTH) return -1
  const byte = bytes[at]!
  if (byte === QUOTE) {
    const close = stringEnd(bytes, at, end)
    return close < 0 ? -1 : close + 1
  }
  if (byte === OPEN_BRACE || byte === OPEN) return nestedEnd(bytes, at, end, depth)
  let to = at
  while (to < end && !isDelimiter(bytes[to]!)) to++
  const text = textOf(bytes, at, to)
  return text === 'true' || text === 'false' || text === 'null' || NUMBER.test(text) ? to : -1
}

function isDelimiter(byte: number): boolean {
  return byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE || byte <= SPACE
}

/** Behind an object or a list inside of the line's own object. */
function nestedEnd(bytes: Uint8Array, open: number, end: number, depth: number): number {
  const isObject = bytes[open] === OPEN_BRACE
  const close = isObject ? CLOSE_BRACE : CLOSE
  let at = skipSpace(bytes, open + 1, end)
  if (at < end && bytes[at] === close) return at + 1
  while (at < end) {
    if (isObject) {
      const keyEnd = stringEnd(bytes, at, end)
      if (keyEnd < 0) return -1
      at = skipSpace(bytes, keyEnd + 1, end)
      if (at >= end || bytes[at] !== COLON) return -1
      at = skipSpace(bytes, at + 1, end)
    }
    const to = valueEnd(bytes, at, end, depth + 1)
    if (to < 0) return -1
    at = skipSpace(bytes, to, end)
    if (at < end && bytes[at] === close) return at + 1
    if (at >= end || bytes[at] !== COMMA) return -1
    at = skipSpace(bytes, at + 1, end)
  }
  return -1
}
