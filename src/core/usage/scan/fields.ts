import {
  ADDRESS,
  AGENT,
  BACKEND,
  GROUP,
  HEADER,
  NINE,
  NOTICE,
  REQUEST,
  RPC,
  SLASH,
  SPACE,
  STATUS,
  TARGET,
  TIME,
  UNREADABLE,
  ZERO,
} from './bytes.ts'
import type {EvidenceForm} from '../identity.ts'

/** Where the parts of one line stand: slot `FIELD.x` has its start at `2 * x` and its end after that; -1 for what is not there. */
export type Slices = Int32Array

/** The slots of {@link Slices}. */
export const FIELD = {
  time: TIME,
  target: TARGET,
  status: STATUS,
  backend: BACKEND,
  certificate: 4,
  keyHash: 5,
  key: 6,
  subject: 7,
  token: 8,
  service: 9,
  agent: AGENT,
  address: ADDRESS,
  rpc: RPC,
  /** The first of the headers that contracts look at, in their order. */
  header: HEADER,
} as const satisfies Record<EvidenceForm, number> & Record<string, number>

export type FieldName = Exclude<keyof typeof FIELD, 'header'>

/** More contracts with a header of their own are not watched in one log. */
export const MAX_HEADERS = 12

const SLOTS = GROUP + 1

export function emptySlices(): Slices {
  return new Int32Array(2 * SLOTS).fill(-1)
}

export function set(slices: Slices, slot: number, start: number, end: number): void {
  slices[2 * slot] = start
  slices[2 * slot + 1] = end
}

/** What a line turned out to be. */
export const LINE = {
  /** Should be a request, and cannot be read: a gap in the evidence. */
  unreadable: UNREADABLE,
  /** A request. Without a target it is one that the balancer itself refused as malformed. */
  request: REQUEST,
  /** Something else that balancers write into the same log. */
  notice: NOTICE,
} as const

export type LineKind = (typeof LINE)[keyof typeof LINE]

/** One way to write a log, read without making a string of anything. */
export interface LineFormat {
  /** Lines are written as `usual.ts` knows them. */
  readonly isUsual?: boolean
  /** Finds the parts of the line in `bytes` from `start` to `end`, without its newline; `view` shows the same bytes. Slots it does not set are -1 before. */
  read(bytes: Uint8Array, view: DataView, start: number, end: number, slices: Slices): LineKind
  /** Takes the slot GROUP apart into others, where the format has such groups. A line without one has none of the others. */
  split?(bytes: Uint8Array, start: number, end: number, slices: Slices): void
  /** The instant in the slot `time`; NaN where it is none. */
  instant(view: DataView, bytes: Uint8Array, start: number, end: number): number
  /** The text of a slice, with the escapes of this format undone. */
  text(bytes: Uint8Array, start: number, end: number): string
}

const utf8 = new TextDecoder()

export function textOf(bytes: Uint8Array, start: number, end: number): string {
  return utf8.decode(bytes.subarray(start, end))
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE
}

/** Finds the target in `GET /x HTTP/1.1`. Without a second word there is none. */
export function setTarget(bytes: Uint8Array, start: number, end: number, slices: Slices): void {
  let from = start
  while (from < end && bytes[from] !== SPACE) from++
  from++
  let to = end - VERSION_LENGTH
  if (to < start || !isVersion(bytes, to)) {
    to = from
    while (to < end && bytes[to] !== SPACE) to++
  }
  if (to <= from) return
  slices[2 * TARGET] = from
  slices[2 * TARGET + 1] = to
}

/** Length of ` HTTP/1.1`. */
const VERSION_LENGTH = 9

function isVersion(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at] === SPACE &&
    bytes[at + 1] === 72 &&
    bytes[at + 2] === 84 &&
    bytes[at + 3] === 84 &&
    bytes[at + 4] === 80 &&
    bytes[at + 5] === SLASH
  )
}
