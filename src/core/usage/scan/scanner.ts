import {
  BACKEND,
  BACKSLASH,
  COLON,
  DOT,
  FIVE,
  GROUP,
  HASH,
  HEADER,
  MINUS,
  NEWLINE,
  NOTICE,
  PERCENT,
  QUESTION,
  REQUEST,
  RETURN,
  RPC,
  SEMICOLON,
  SLASH,
  STATUS,
  TARGET,
  TIME,
} from './bytes.ts'
import type {EvidenceKind} from '../../config/config.ts'
import type {Instant} from '../../base/units.ts'
import type {Called} from '../calls.ts'
import {FORMS_OF, nameOf, UNKNOWN, type Digest, type EvidenceForm} from '../identity.ts'
import {HOUR_MS, type Tally} from '../tally.ts'
import type {ReadyWatch} from '../watch.ts'
import {emptySlices, FIELD, type LineFormat} from './fields.ts'
import {byteMemo} from './memo.ts'
import {LATEST, usualLines, type Meaning} from './usual.ts'
import {indexOf, viewOf} from './words.ts'

/** What became of the lines. Every line is in `read`, and in one other at most. */
export interface LineCounts {
  readonly read: number
  /** Calls to a contract that is watched. */
  readonly matched: number
  /** Should be requests, and could not be read. */
  readonly unparsed: number
  /** Messages of the balancer's own. */
  readonly notices: number
}

/** What was read since the last time that somebody asked. */
export interface Scanned {
  readonly lines: LineCounts
  /** The first and last instant in the log, whatever was called. */
  readonly from?: Instant
  readonly to?: Instant
  /** Lines that could not be read, by the hour (since 1970) of the readable line before them. */
  readonly unparsedByHour: ReadonlyMap<number, number>
  /** Lines that could not be read, with no readable one before them. */
  readonly unplaced: number
}

export interface Scanner {
  /** Reads the whole lines between the two places and answers where the first broken one starts. */
  scan(bytes: Uint8Array, start: number, end: number): number
  /** What was read since the last time; the next answer begins anew. */
  take(): Scanned
}

export interface ScannerOptions {
  readonly watch: ReadyWatch
  readonly format: LineFormat
  readonly tally: Tally
  readonly digest: Digest
}

/** Remembered answers; the limits keep memory the same however many paths and names somebody invents. */
const MEMO_KEYS = 1 << 14
const MEMO_BYTES = 1 << 21

/** More than there are slots. */
const SEEDS = 32

/** A group's number holds its client above and its seed below this; groups with a higher seed are not remembered. */
const GROUP_BITS = 14
const GROUP_SEEDS = 1 << GROUP_BITS

/** Places in the list of instants: a variable of a closure would cost an object for each. */
const FROM = 0
const TO = 1

/** A target that every server reads in the same way: what the first segments say is all there is to say. */
const AMBIGUOUS = -1

/**
 * Counts the calls in a log. What a request calls and who sent it is decided by the same functions that anything else
 * uses, and remembered by the bytes they were decided on, so that a line costs no string unless it brings something new.
 */
export function scanner({watch, format, tally, digest}: ScannerOptions): Scanner {
  const slices = emptySlices()
  let view = viewOf(new Uint8Array(0))
  const usedSlots = HEADER + watch.headers.length
  const evidence = watch.order.flatMap(kind => FORMS_OF[kind].map(form => ({kind, form, slot: FIELD[form]})))
  const outside = evidence.filter(({kind}) => kind === 'address')
  const inside = evidence.filter(({kind}) => kind !== 'address')
  /** What stands in a group decides before what stands outside of it. */
  const groupDecides = !watch.order.includes('address') || watch.order.at(-1) === 'address'
  const groupMemo = byteMemo(MEMO_KEYS, MEMO_BYTES)
  /** The group of this line, if it has one, was taken apart. */
  let isSplit = false
  const versionMemo = byteMemo(MEMO_KEYS, MEMO_BYTES)
  const seedMemo = byteMemo(MEMO_KEYS, MEMO_BYTES)
  let seeds = 0
  const clientMemo = byteMemo(MEMO_KEYS, MEMO_BYTES)
  const unparsedByHour = new Map<number, number>()
  const keyedSlots = [RPC, ...watch.headers.map((_, i) => HEADER + i)]
  let read = 0
  let matched = 0
  let unparsed = 0
  let notices = 0
  let unplaced = 0
  const unknown = tally.clientId(UNKNOWN)

  function textIn(bytes: Uint8Array, slot: number): string | undefined {
    return isThere(slot) ? format.text(bytes, slices[2 * slot]!, slices[2 * slot + 1]!) : undefined
  }

  function isThere(slot: number): boolean {
    return slices[2 * slot]! >= 0 && slices[2 * slot + 1]! > slices[2 * slot]!
  }

  /** What the line calls, worked out in full. */
  function called(bytes: Uint8Array, target: string): Called {
    split(bytes)
    const rpc = textIn(bytes, RPC)
    const backend = textIn(bytes, BACKEND)
    return {
      target,
      header: name => {
        const i = watch.headers.indexOf(name)
        return i < 0 ? undefined : textIn(bytes, HEADER + i)
      },
      ...(rpc === undefined ? {} : {rpc}),
      ...(backend === undefined ? {} : {backend}),
    }
  }

  function split(bytes: Uint8Array): void {
    if (isSplit || slices[2 * GROUP]! < 0) return
    format.split?.(bytes, slices[2 * GROUP]!, slices[2 * GROUP + 1]!, slices)
    isSplit = true
  }

  /** The client and the seed of the line's group as one number, remembered by all of its bytes; -1 without a group. */
  function groupOf(bytes: Uint8Array): number {
    const start = slices[2 * GROUP]!
    if (start < 0) return -1
    const known = groupMemo.get(0, view, start, slices[2 * GROUP + 1]!)
    if (known >= 0) return known
    split(bytes)
    const seed = seedOf()
    const group = clientOf(bytes, inside) * GROUP_SEEDS + seed
    if (seed < GROUP_SEEDS) groupMemo.put(group)
    return group
  }

  function versionOf(bytes: Uint8Array, group: number): number {
    const start = slices[2 * TARGET]!
    const end = slices[2 * TARGET + 1]!
    const path = pathStart(bytes, start, end)
    const parts = path < 0 ? AMBIGUOUS : decidingEnd(bytes, path, end, watch.depth)
    // Where the query decides too, all of a target that has one does.
    const decides = watch.usesQuery && parts >= 0 && indexOf(view, parts, end, QUESTION) < end ? end : parts
    if (decides === AMBIGUOUS) return tally.versionId(watch.classify(called(bytes, format.text(bytes, start, end))))
    const seed = withPart(group < 0 ? seedOf() : group & (GROUP_SEEDS - 1), BACKEND)
    const known = versionMemo.get(seed, view, path, decides)
    if (known >= 0) return known
    const id = tally.versionId(watch.classify(called(bytes, format.text(bytes, start, end))))
    versionMemo.put(id)
    return id
  }

  /** One number for the method and the headers that decide beside the path, where the line has them. */
  function seedOf(): number {
    let seed = 0
    for (let i = 0; i < keyedSlots.length; i++) seed = withPart(seed, keyedSlots[i]!)
    return seed
  }

  function withPart(seed: number, slot: number): number {
    if (!isThere(slot)) return seed
    const start = slices[2 * slot]!
    const end = slices[2 * slot + 1]!
    const known = seedMemo.get(seed * SEEDS + slot, view, start, end)
    if (known >= 0) return known
    seedMemo.put(++seeds)
    return seeds
  }

  /** The number of the client that one of these pieces of evidence names, plus 1; 0 where none does. */
  function clientOf(bytes: Uint8Array, among: typeof evidence): number {
    for (let i = 0; i < among.length; i++) {
      const {kind, form, slot} = among[i]!
      const start = slices[2 * slot]!
      const end = slices[2 * slot + 1]!
      if (start < 0 || end <= start) continue
      let known = clientMemo.get(slot, view, start, end)
      if (known < 0) clientMemo.put((known = named(bytes, kind, form, start, end)))
      if (known > 0) return known
    }
    return 0
  }

  function callerOf(bytes: Uint8Array, group: number): number {
    if (group >= 0 && groupDecides) {
      const client = group >>> GROUP_BITS || clientOf(bytes, outside)
      return client === 0 ? unknown : client - 1
    }
    split(bytes)
    const client = clientOf(bytes, evidence)
    return client === 0 ? unknown : client - 1
  }

  /** The client's number plus 1, or 0 where the evidence says nothing. */
  function named(bytes: Uint8Array, kind: EvidenceKind, form: EvidenceForm, start: number, end: number): number {
    const name = nameOf(form, format.text(bytes, start, end), digest)
    return name === undefined ? 0 : tally.clientId({kind, name}) + 1
  }

  function unreadable(): void {
    unparsed++
    const latest = times[LATEST]!
    if (Number.isNaN(latest)) unplaced++
    else addTo(unparsedByHour, Math.floor(latest / HOUR_MS), 1)
  }

  function arrived(at: Instant): void {
    if (unplaced > 0) addTo(unparsedByHour, Math.floor(at / HOUR_MS), unplaced)
    unplaced = 0
    times[LATEST] = at
    if (at < times[FROM]!) times[FROM] = at
    if (at > times[TO]!) times[TO] = at
  }

  /** Says what the line means if it is a request, where somebody asks. */
  function line(bytes: Uint8Array, start: number, end: number, asked = false): Meaning | undefined {
    read++
    if (isSplit || format.split === undefined) for (let slot = 0; slot < usedSlots; slot++) slices[2 * slot] = -1
    slices[2 * TARGET] = -1
    slices[2 * GROUP] = -1
    isSplit = false
    const kind = format.read(bytes, view, start, end, slices)
    if (kind !== REQUEST) {
      if (kind === NOTICE) notices++
      else unreadable()
      return undefined
    }
    const at = format.instant(view, bytes, slices[2 * TIME]!, slices[2 * TIME + 1]!)
    if (!(at >= 0)) {
      unreadable()
      return undefined
    }
    arrived(at)
    if (!isThere(TARGET)) return undefined
    const group = groupOf(bytes)
    const version = versionOf(bytes, group)
    if (version === 0 && !asked) return undefined
    const client = version === 0 ? unknown : callerOf(bytes, group)
    if (version !== 0) {
      matched++
      tally.count(version, client, at, 1, isError(bytes, slices[2 * STATUS]!) ? 1 : 0)
    }
    return asked ? {version, client, byAddress: version !== 0 && needsAddress(group)} : undefined
  }

  function needsAddress(group: number): boolean {
    return outside.length > 0 && !(groupDecides && group >= 0 && group >>> GROUP_BITS > 0)
  }

  /** The line between two places, with or without what Windows puts in front of a newline. */
  function lineIn(bytes: Uint8Array, start: number, newline: number, asked = false): Meaning | undefined {
    const end = bytes[newline - 1] === RETURN && newline > start ? newline - 1 : newline
    return end > start ? line(bytes, start, end, asked) : undefined
  }

  let given: Uint8Array = new Uint8Array(0)
  const usual =
    format.isUsual &&
    usualLines(watch, {
      line: (start, newline) => lineIn(given, start, newline, true),
      add({version, client}, {calls, errors, first, last}) {
        if (version === 0) return
        matched += calls
        tally.add(version, client, first, last, calls, errors)
      },
      read(lines) {
        read += lines
      },
    })
  const times = usual ? usual.times : new Float64Array(3)
  times.set([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN])

  return {
    scan(buffer, start, end) {
      // Whatever kind of buffer comes, the readers see one kind: two would cost them half of their speed.
      const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
      view = viewOf(bytes)
      given = bytes
      let at = start
      for (;;) {
        const newline = buffer.indexOf(NEWLINE, at)
        if (newline < 0 || newline >= end) return at
        // What could not be read before the first readable line is told with that one.
        if (usual && !Number.isNaN(times[LATEST]!)) {
          const whole = buffer.lastIndexOf(NEWLINE, end - 1) + 1
          usual.count(bytes, at, whole)
          return whole
        }
        lineIn(bytes, at, newline)
        at = newline + 1
      }
    },
    take() {
      const from = times[FROM]!
      const to = times[TO]!
      const taken = {
        lines: {read, matched, unparsed, notices},
        ...(from <= to ? {from, to} : {}),
        unparsedByHour: new Map(unparsedByHour),
        unplaced,
      }
      read = matched = unparsed = notices = unplaced = 0
      times[FROM] = Number.POSITIVE_INFINITY
      times[TO] = Number.NEGATIVE_INFINITY
      unparsedByHour.clear()
      return taken
    },
  }
}

/** 5xx, or `-1` for no answer. */
function isError(bytes: Uint8Array, status: number): boolean {
  return status >= 0 && (bytes[status] === FIVE || bytes[status] === MINUS)
}

/** Where the path starts: at once, or behind the scheme and host that HTTP/2 requests are logged with. */
function pathStart(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] === SLASH) return start
  let at = start
  while (at < end && isLetter(bytes[at]!)) at++
  if (at === start || bytes[at] !== COLON || bytes[at + 1] !== SLASH || bytes[at + 2] !== SLASH) return AMBIGUOUS
  at += 3
  while (at < end && bytes[at] !== SLASH && bytes[at] !== QUESTION && bytes[at] !== HASH) at++
  return at < end && bytes[at] === SLASH ? at : AMBIGUOUS
}

function isLetter(byte: number): boolean {
  return byte >= 97 && byte <= 122
}

/**
 * Where the deciding part of a target ends: before the query, and after as many segments as the deepest pattern has.
 * {@link AMBIGUOUS} where a server could read the path in another way than it is written.
 */
function decidingEnd(bytes: Uint8Array, start: number, end: number, depth: number): number {
  let decides = -1
  let segments = 0
  for (let at = start; at < end; at++) {
    const kind = KIND_OF[bytes[at]!]
    if (kind === PLAIN) continue
    if (kind === ENDS) return decides < 0 ? at : decides
    if (kind === DOUBTFUL) return AMBIGUOUS
    const next = bytes[at + 1]
    if (at + 1 < end && (next === SLASH || next === DOT)) return AMBIGUOUS
    if (segments++ === depth) decides = at
  }
  return decides < 0 ? end : decides
}

const PLAIN = 0
const PARTS = 1
const ENDS = 2
const DOUBTFUL = 3
/** What each byte means in a path. */
const KIND_OF = new Uint8Array(256)
KIND_OF[SLASH] = PARTS
KIND_OF[QUESTION] = ENDS
for (const byte of [PERCENT, BACKSLASH, HASH, SEMICOLON]) KIND_OF[byte] = DOUBTFUL

function addTo(counts: Map<number, number>, key: number, more: number): void {
  counts.set(key, (counts.get(key) ?? 0) + more)
}
