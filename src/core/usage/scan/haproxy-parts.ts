import {ADDRESS, CLOSE, COLON, DATE_LENGTH, MINUS, OPEN, OPEN_BRACE, QUOTE, SLASH, ZERO} from './bytes.ts'
import {isDigit, set, type Slices} from './fields.ts'

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
