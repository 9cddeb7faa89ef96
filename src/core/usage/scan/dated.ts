import {COLON, DOT, MINUS, PLUS, SLASH, SPACE, ZERO} from './bytes.ts'
import type {Instant} from '../../base/units.ts'
import {isSame, viewOf} from './words.ts'

/** The instant at which an hour begins on the clock of whoever wrote the log. Months count from 0. */
export type HourStart = (year: number, month: number, day: number, hour: number) => Instant

/** Clocks that show UTC. */
export const utcHour: HourStart = (year, month, day, hour) => Date.UTC(year, month, day, hour)

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec'
/** Length of `06/Feb/2009:12`. */
const HOUR_LENGTH = 14
/** Length of `06/Feb/2009:12:14:14`. */
const SECOND_LENGTH = 20

/**
 * Reads `06/Feb/2009:12:14:14.655` and `06/Feb/2009:12:14:14 +0100`. Most lines have the second of the one before, and
 * nearly all its hour, so both are worked out only when their bytes change.
 */
export function datedReader(
  hourStart: HourStart,
): (view: DataView, bytes: Uint8Array, start: number, end: number) => Instant {
  const last = new Uint8Array(SECOND_LENGTH)
  const lastView = viewOf(last)
  const hourBytes = new Uint8Array(HOUR_LENGTH)
  const hourView = viewOf(hourBytes)
  const hour = Float64Array.of(Number.NaN, Number.NaN)
  /** The second that the bytes name, on the clock of the log and in UTC. */
  const known = Float64Array.of(Number.NaN, Number.NaN)

  function learn(bytes: Uint8Array, start: number): void {
    last.set(bytes.subarray(start, start + SECOND_LENGTH))
    const isTime = bytes[start + 14] === COLON && bytes[start + 17] === COLON
    const within = isTime ? (two(bytes, start + 15) * 60 + two(bytes, start + 18)) * 1000 : Number.NaN
    if (!isSame(lastView, 0, hourView, 0, HOUR_LENGTH)) {
      hourBytes.set(last.subarray(0, HOUR_LENGTH))
      hour[0] = readHour(bytes, start, hourStart)
      hour[1] = readHour(bytes, start, utcHour)
    }
    known[0] = hour[0]! + within
    known[1] = hour[1]! + within
  }

  return (view, bytes, start, end) => {
    const after = start + SECOND_LENGTH
    if (end < after) return Number.NaN
    if (!isSame(view, start, lastView, 0, SECOND_LENGTH)) learn(bytes, start)
    if (end - after === 4 && bytes[after] === DOT) return known[0]! + three(bytes, after + 1)
    if (end === after) return known[0]!
    if (end - after === 6 && bytes[after] === SPACE) return known[1]! - zoneAt(bytes, after + 1)
    return Number.NaN
  }
}

function readHour(bytes: Uint8Array, start: number, hourStart: HourStart): Instant {
  if (bytes[start + 2] !== SLASH || bytes[start + 6] !== SLASH || bytes[start + 11] !== COLON) return Number.NaN
  const name = String.fromCharCode(bytes[start + 3] ?? 0, bytes[start + 4] ?? 0, bytes[start + 5] ?? 0)
  const month = MONTHS.indexOf(name) / 3
  if (month < 0 || !Number.isInteger(month)) return Number.NaN
  const year = two(bytes, start + 7) * 100 + two(bytes, start + 9)
  const day = two(bytes, start)
  const hour = two(bytes, start + 12)
  return Number.isNaN(year + day + hour) ? Number.NaN : hourStart(year, month, day, hour)
}

function zoneAt(bytes: Uint8Array, start: number): number {
  const sign = bytes[start] === MINUS ? -1 : bytes[start] === PLUS ? 1 : Number.NaN
  return sign * (two(bytes, start + 1) * 60 + two(bytes, start + 3)) * 60_000
}

/** Two digits; NaN for anything else. Whole numbers for as long as possible: they are faster than NaN is to carry. */
function two(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - ZERO
  const ones = bytes[at + 1]! - ZERO
  return tens >>> 0 > 9 || ones >>> 0 > 9 ? Number.NaN : tens * 10 + ones
}

function three(bytes: Uint8Array, at: number): number {
  const ones = bytes[at + 2]! - ZERO
  return ones >>> 0 > 9 ? Number.NaN : two(bytes, at) * 10 + ones
}
