/**
 * Counts the usual lines of an HAProxy log, sixteen bytes at a time, as WebAssembly: AssemblyScript, which reads like
 * TypeScript. `npm run docs` makes `src/core/usage/scan/kernel.ts` of it, and `usual.ts` beside that is the other side.
 *
 * It knows nothing of contracts and clients. It puts lines of one hour together whose deciding bytes are the same (back
 * end, captures, front of the path, and the address where asked for), and counts them. What such bytes mean is asked once,
 * in TypeScript, for the first line that has them. A line that is anything but usual is handed over as it is, so this may
 * always say no, and must never say yes where the plain reader would say something else.
 *
 *     ... 10.0.1.2:33317 [06/Feb/2009:12:14:14.655] web accounts/a1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {a|b} "GET /x HTTP/1.1"
 *         \____________/                                \______/                   |                               \___/       \_
 *            address                                    back end                 status                            group      path
 */

/** Places in memory. The input comes last, and a load of sixteen bytes may reach behind it. */
export const TIMES: i32 = 0
const HOUR: i32 = 64
export const TOUCHED: i32 = 1024
export const GROUPS: i32 = 1 << 17
const SLOTS: i32 = 1 << 21
const KEYS: i32 = SLOTS + (1 << 18)
export const INPUT: i32 = 6 << 20
export const ROOM: i32 = 1 << 18

/** So many groups, and so many bytes of what they are known by; whoever sends more makes all be forgotten. */
export const CAPACITY: i32 = 1 << 14
const SLOT_COUNT: i32 = CAPACITY * 2
const KEY_BYTES: i32 = 3 << 20
const LONGEST_KEY: i32 = 1024

/** The cells of a group: what it is known by, then what was counted of it since it was last asked for. */
export const STRIDE: i32 = 64
const KEY = 4
const BACKEND_LENGTH = 8
const GROUP_LENGTH = 12
const PATH_LENGTH = 16
const PARENT = 20
/** Whether the address decides as well. */
export const BY_ADDRESS = 24
export const CALLS = 32
export const ERRORS = 36
export const FIRST = 40
export const LAST = 48

/** Why {@link scan} came back. */
export const DONE: i32 = 0
/** A line that is to be read in the plain way. */
export const ODD: i32 = 1
/** A usual line of another hour than the one that is set. */
export const OTHER_HOUR: i32 = 2
/** A usual line whose bytes are new: the group `found` was made for them. */
export const NEW: i32 = 3
/** The same, and there is no room for another group. */
export const FULL: i32 = 4

/** How many segments of a path decide, and whether the query does. */
export let depth: i32 = 1
export let usesQuery: bool = false

/** The line that {@link scan} came back for, and where the next one starts. */
export let lineStart: i32 = 0
export let lineEnd: i32 = 0
export let next: i32 = 0
export let found: i32 = -1

/** Lines counted, and groups with anything counted. */
export let read: i32 = 0
export let touched: i32 = 0

/** The instant at which the hour begins on the clock of the log, and what of it lies in one hour of UTC. */
let hourStart: f64 = 0
let from: f64 = 0
let to: f64 = 0
/** Milliseconds of a line within its hour, as its clock shows them, and where its date stands. */
let within: f64 = 0
let dateAt: i32 = 0
const HOUR_MS: f64 = 3_600_000

let groups: i32 = 0
let keyBytes: i32 = 0

export function forget(): void {
  memory.fill(SLOTS, 0, SLOT_COUNT * 4)
  groups = 0
  keyBytes = 0
}

/** Reads whole lines; the last byte in front of `end` ends one. */
export function scan(start: i32, end: i32): i32 {
  // Whatever is looked for ends here, at the latest.
  v128.store(end, i8x16.splat(<i8>NEWLINE))
  let at = start
  while (at < end) {
    lineStart = at
    const what = line(at)
    if (what !== DONE) {
      // An odd line may have been left anywhere.
      lineEnd = find(at, NEWLINE)
      next = lineEnd + 1
      return what
    }
    at = next
  }
  return DONE
}

function line(start: i32): i32 {
  const open = findDate(start)
  if (open < 0) return ODD
  const time = open + 1
  within = timeWithin(time)
  if (!(within >= 0)) return ODD
  if (!isSame(time, HOUR, HOUR_LENGTH)) return otherHour(time)
  const instant = hourStart + within
  if (instant < from || instant >= to) return otherHour(time)
  const close = time + DATE_LENGTH
  if (load<u16>(close) !== CLOSE_SPACE) return ODD
  const front = word(close + 2)
  if (load<u8>(front) !== SPACE || load<u8>(front - 1) === COLON) return ODD
  const backend = front + 1
  const server = word(backend)
  if (load<u8>(server) !== SPACE) return ODD
  const slash = find2(backend, SLASH, SPACE)
  if (load<u8>(slash) !== SLASH) return ODD
  const timers = word(server + 1)
  if (load<u8>(timers) !== SPACE || timers < server + LEAST_TIMERS) return ODD
  const status = timers + 1
  if (!isDigit(status) || !isDigit(status + 1) || !isDigit(status + 2) || load<u8>(status + 3) !== SPACE) return ODD
  let at = captures(status + 4)
  if (at < status + 3 + LEAST_NUMBERS) return ODD
  let group = at
  let groupLength = -1
  if (load<u8>(at) === OPEN_BRACE) {
    group = at + 1
    const first = closing(group)
    if (first < 0) return ODD
    groupLength = first - group
    at = first + 2
    if (load<u8>(at) === OPEN_BRACE) {
      const second = closing(at + 1)
      if (second < 0) return ODD
      at = second + 2
    }
  }
  if (load<u8>(at) !== QUOTE) return ODD
  const method = word(at + 1)
  if (load<u8>(method) !== SPACE) return ODD
  const target = method + 1
  const newline = find(target, NEWLINE)
  const last = newline - (load<u8>(newline - 1) === RETURN ? 2 : 1)
  const targetEnd = last - VERSION_LENGTH
  if (load<u8>(last) !== QUOTE || targetEnd <= target) return ODD
  if (load<u32>(targetEnd) !== VERSION_FRONT || load<u16>(targetEnd + 4) !== VERSION_BACK) return ODD
  const path = pathStart(target, targetEnd)
  if (path < 0) return ODD
  let pathEnd = decidingEnd(path, targetEnd)
  if (pathEnd < 0) return ODD
  if (usesQuery && find2(pathEnd, QUESTION, NEWLINE) < targetEnd) pathEnd = targetEnd


  let entry = groupOf(-1, backend, slash - backend, group, groupLength, path, pathEnd - path)
  if (entry < 0) return entry === -1 ? ODD : FULL
  let cells = GROUPS + entry * STRIDE
  if (!isNew && load<i32>(cells + BY_ADDRESS) !== 0) {
    const address = addressOf(start, open - 1)
    entry = groupOf(entry, address, addressEnd(address, open - 1) - address, 0, -1, 0, 0)
    if (entry < 0) return entry === -1 ? ODD : FULL
    cells = GROUPS + entry * STRIDE
  }
  if (isNew) {
    found = entry
    return NEW
  }
  count(cells, entry, instant, load<u8>(status) === FIVE)
  next = newline + 1
  return DONE
}

function otherHour(time: i32): i32 {
  dateAt = time
  return OTHER_HOUR
}

/** Sets the hour of the line that {@link scan} came back for, at whose instant it was. */
export function setHour(instant: f64): void {
  memory.copy(HOUR, dateAt, HOUR_LENGTH)
  hourStart = instant - within
  const utc = Math.floor(instant / HOUR_MS) * HOUR_MS
  from = max(hourStart, utc)
  to = min(hourStart, utc) + HOUR_MS
}

function count(cells: i32, entry: i32, instant: f64, isError: bool): void {
  const calls = load<i32>(cells + CALLS)
  store<i32>(cells + CALLS, calls + 1)
  if (isError) store<i32>(cells + ERRORS, load<i32>(cells + ERRORS) + 1)
  if (calls === 0) {
    store<i32>(TOUCHED + touched++ * 4, entry)
    store<f64>(cells + FIRST, instant)
    store<f64>(cells + LAST, instant)
  } else {
    if (instant < load<f64>(cells + FIRST)) store<f64>(cells + FIRST, instant)
    if (instant > load<f64>(cells + LAST)) store<f64>(cells + LAST, instant)
  }
  if (instant < load<f64>(TIMES)) store<f64>(TIMES, instant)
  if (instant > load<f64>(TIMES + 8)) store<f64>(TIMES + 8, instant)
  store<f64>(TIMES + 16, instant)
  read++
}

// What a line is made of.

const NEWLINE: i32 = 10
const RETURN: i32 = 13
const SPACE: i32 = 32
const QUOTE: i32 = 34
const HASH: i32 = 35
const PERCENT: i32 = 37
const DOT: i32 = 46
const SLASH: i32 = 47
const ZERO: i32 = 48
const FIVE: i32 = 53
const COLON: i32 = 58
const SEMICOLON: i32 = 59
const QUESTION: i32 = 63
const OPEN: i32 = 91
const BACKSLASH: i32 = 92
const OPEN_BRACE: i32 = 123
const CLOSE_BRACE: i32 = 125
/** `] `, ` HTT` and `P/`, as numbers. */
const CLOSE_SPACE: u16 = 0x205d
const VERSION_FRONT: u32 = 0x54544820
const VERSION_BACK: u16 = 0x2f50
/** Length of ` HTTP/1.1`. */
const VERSION_LENGTH: i32 = 9
/** Length of `06/Feb/2009:12` and of all of `06/Feb/2009:12:14:14.655`. */
const HOUR_LENGTH: i32 = 14
const DATE_LENGTH: i32 = 24
const LEAST_TIMERS: i32 = 10
const LEAST_NUMBERS: i32 = 26

/** The first ` [`, if it opens a date; else -1. */
function findDate(start: i32): i32 {
  let at = find2(start, OPEN, NEWLINE)
  while (load<u8>(at) === OPEN && (at === start || load<u8>(at - 1) !== SPACE)) at = find2(at + 1, OPEN, NEWLINE)
  return load<u8>(at) === OPEN && isDate(at + 1) ? at : -1
}

function isDate(at: i32): bool {
  return (
    load<u8>(at + 2) === SLASH &&
    load<u8>(at + 6) === SLASH &&
    load<u8>(at + 11) === COLON &&
    load<u8>(at + 14) === COLON &&
    load<u8>(at + 17) === COLON &&
    load<u8>(at + 20) === DOT
  )
}

/** Milliseconds behind the hour; -1 where a digit is none. */
function timeWithin(at: i32): f64 {
  const minutes = two(at + 15)
  const seconds = two(at + 18)
  const hundreds = two(at + 21)
  const ones = <i32>load<u8>(at + 23) - ZERO
  if ((minutes | seconds | hundreds) < 0 || <u32>ones > 9) return -1
  return <f64>((minutes * 60 + seconds) * 1000 + hundreds * 10 + ones)
}

function two(at: i32): i32 {
  const tens = <i32>load<u8>(at) - ZERO
  const ones = <i32>load<u8>(at + 1) - ZERO
  return <u32>tens > 9 || <u32>ones > 9 ? -1 : tens * 10 + ones
}

function isDigit(at: i32): bool {
  return <u32>(load<u8>(at) - ZERO) <= 9
}

/** The place of the brace or quote behind the numbers, or of the newline. */
function captures(start: i32): i32 {
  let at = start
  let bits: i32
  while ((bits = i8x16.bitmask(brace(v128.load(at)))) === 0) at += 16
  return at + ctz(bits)
}

@inline function brace(bytes: v128): v128 {
  return v128.or(either(bytes, OPEN_BRACE, QUOTE), equal(bytes, NEWLINE))
}

/** The place of the closing brace that a space follows; -1 for anything else. */
function closing(start: i32): i32 {
  const place = find2(start, CLOSE_BRACE, NEWLINE)
  return load<u8>(place) === CLOSE_BRACE && load<u8>(place + 1) === SPACE ? place : -1
}

/** Where the path starts: at once, or behind scheme and host; -1 for anything else. */
function pathStart(start: i32, end: i32): i32 {
  if (load<u8>(start) === SLASH) return start
  let at = start
  while (<u32>(load<u8>(at) - 97) <= 25) at++
  if (at === start || load<u8>(at) !== COLON || load<u16>(at + 1) !== 0x2f2f) return -1
  at += 3
  while (at < end && load<u8>(at) !== SLASH) {
    if (load<u8>(at) === QUESTION || load<u8>(at) === HASH) return -1
    at++
  }
  return at < end ? at : -1
}

/** Where the deciding part of the path ends; -1 where a server could read it in another way than it is written. */
function decidingEnd(start: i32, end: i32): i32 {
  let decides = -1
  let segments = 0
  let slashBefore: i32 = 0
  for (let at = start; at < end; at += 16) {
    const bytes = v128.load(at)
    const inside = end - at >= 16 ? 0xffff : (1 << (end - at)) - 1
    const question = i8x16.bitmask(equal(bytes, QUESTION)) & inside
    const path = question === 0 ? inside : (question & -question) - 1
    const doubts = v128.or(either(bytes, PERCENT, BACKSLASH), either(bytes, HASH, SEMICOLON))
    const slash = equal(bytes, SLASH)
    let slashes = i8x16.bitmask(slash) & path
    const slashOrDot = i8x16.bitmask(v128.or(slash, equal(bytes, DOT))) & path
    if ((i8x16.bitmask(doubts) & path) !== 0) return -1
    if ((((slashes << 1) | slashBefore) & slashOrDot) !== 0) return -1
    slashBefore = (slashes >>> 15) & 1
    for (; slashes !== 0 && decides < 0; slashes &= slashes - 1) if (segments++ === depth) decides = at + ctz(slashes)
    if (question !== 0) return decides < 0 ? at + ctz(question) : decides
  }
  return decides < 0 ? end : decides
}

function addressOf(start: i32, space: i32): i32 {
  let at = space
  while (at > start && load<u8>(at - 1) !== SPACE) at--
  return at
}

/** Without the port. */
function addressEnd(start: i32, space: i32): i32 {
  let colon = space - 1
  while (colon > start && load<u8>(colon) !== COLON) colon--
  return load<u8>(colon) === COLON ? colon : space
}

// Bytes, sixteen at a time.

@inline function equal(bytes: v128, byte: i32): v128 {
  return i8x16.eq(bytes, i8x16.splat(<i8>byte))
}

@inline function either(bytes: v128, byte: i32, other: i32): v128 {
  return v128.or(equal(bytes, byte), equal(bytes, other))
}

/** The next such byte. Some line ends behind it in any case. */
function find(start: i32, byte: i32): i32 {
  let at = start
  let bits: i32
  while ((bits = i8x16.bitmask(equal(v128.load(at), byte))) === 0) at += 16
  return at + ctz(bits)
}

function find2(start: i32, byte: i32, other: i32): i32 {
  let at = start
  let bits: i32
  while ((bits = i8x16.bitmask(either(v128.load(at), byte, other))) === 0) at += 16
  return at + ctz(bits)
}

/** The end of a word: the next byte that is a space, or none to be printed, as a newline. */
function word(start: i32): i32 {
  let at = start
  let bits: i32
  while ((bits = i8x16.bitmask(i8x16.le_u(v128.load(at), i8x16.splat(<i8>SPACE)))) === 0) at += 16
  return at + ctz(bits)
}

function isSame(a: i32, b: i32, length: i32): bool {
  let at = 0
  for (; length - at >= 16; at += 16) if (!v128.all_true<i8>(i8x16.eq(v128.load(a + at), v128.load(b + at)))) return false
  const bits = i8x16.bitmask(i8x16.eq(v128.load(a + at), v128.load(b + at)))
  return (~bits & ((1 << (length - at)) - 1)) === 0
}

// The groups.

let isNew: bool = false

/** The group of such bytes, made where there is none; -1 where they are too long, -2 where there is no room. */
function groupOf(parent: i32, a: i32, aLength: i32, b: i32, bLength: i32, c: i32, cLength: i32): i32 {
  const hash = <i32>(hashed(hashed(hashed(<u64>(parent + 2), a, aLength), b, bLength), c, cLength) >>> 32)
  let slot = hash & (SLOT_COUNT - 1)
  for (let kept = load<i32>(SLOTS + slot * 4); kept !== 0; kept = load<i32>(SLOTS + slot * 4)) {
    const cells = GROUPS + (kept - 1) * STRIDE
    if (
      load<i32>(cells) === hash &&
      load<i32>(cells + PARENT) === parent &&
      load<i32>(cells + BACKEND_LENGTH) === aLength &&
      load<i32>(cells + GROUP_LENGTH) === bLength &&
      load<i32>(cells + PATH_LENGTH) === cLength
    ) {
      const key = load<i32>(cells + KEY)
      const middle = key + aLength
      const rest = middle + max(bLength, 0)
      if (isSame(key, a, aLength) && isSame(rest, c, cLength) && (bLength <= 0 || isSame(middle, b, bLength))) {
        isNew = false
        return kept - 1
      }
    }
    slot = (slot + 1) & (SLOT_COUNT - 1)
  }
  const length = aLength + max(bLength, 0) + cLength
  if (length > LONGEST_KEY) return -1
  if (groups >= CAPACITY || keyBytes + length > KEY_BYTES) return -2
  isNew = true
  store<i32>(SLOTS + slot * 4, ++groups)
  return begin(hash, parent, a, aLength, b, bLength, c, cLength)
}

function begin(hash: i32, parent: i32, a: i32, aLength: i32, b: i32, bLength: i32, c: i32, cLength: i32): i32 {
  const cells = GROUPS + (groups - 1) * STRIDE
  const key = KEYS + keyBytes
  const middle = key + aLength
  const rest = middle + max(bLength, 0)
  memory.fill(cells, 0, STRIDE)
  store<i32>(cells, hash)
  store<i32>(cells + KEY, key)
  store<i32>(cells + BACKEND_LENGTH, aLength)
  store<i32>(cells + GROUP_LENGTH, bLength)
  store<i32>(cells + PATH_LENGTH, cLength)
  store<i32>(cells + PARENT, parent)
  memory.copy(key, a, aLength)
  if (bLength > 0) memory.copy(middle, b, bLength)
  memory.copy(rest, c, cLength)
  keyBytes += aLength + max(bLength, 0) + cLength
  return groups - 1
}

const PRIME: u64 = 0x9e3779b97f4a7c15

function hashed(seed: u64, start: i32, length: i32): u64 {
  let hash = (seed ^ <u64>(length + 1)) * PRIME
  let at = 0
  for (; length - at >= 8; at += 8) hash = mixed(hash ^ load<u64>(start + at))
  const rest = length - at
  return rest <= 0 ? hash : mixed(hash ^ (load<u64>(start + at) & ((<u64>1 << (<u64>rest * 8)) - 1)))
}

@inline function mixed(hash: u64): u64 {
  return (hash ^ (hash >>> 32)) * PRIME
}
