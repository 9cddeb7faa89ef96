import type {Instant} from '../base/units.ts'
import type {ContractName} from '../graph/system.ts'
import type {Seen} from './calls.ts'
import {OVERFLOW, type Client} from './identity.ts'

export const HOUR_MS = 3_600_000

/** Calls of one client to one version within one hour. */
export interface Row {
  readonly contract: ContractName
  readonly major: number | null
  readonly minor: number | null
  readonly client: Client
  /** Hours since 1970. */
  readonly hour: number
  readonly calls: number
  /** Answered 5xx, or not at all. */
  readonly errors: number
  readonly first: Instant
  readonly last: Instant
}

/** How much may be kept, however many clients somebody invents. */
export interface Limits {
  readonly clients: number
  /** Different versions named in requests. */
  readonly versions: number
  /** Rows after which {@link Tally.isFull} asks to be emptied. */
  readonly rows: number
}

export const DEFAULT_LIMITS: Limits = {clients: 50_000, versions: 512, rows: 200_000}

/** Counts calls. Versions and clients are numbered, so that counting one call makes no object. */
export interface Tally {
  /** The number of what a request calls; 0 is nothing. */
  versionId(seen: readonly Seen[]): number
  /** The number of a client; 0 stands for all beyond the limit. */
  clientId(client: Client): number
  count(version: number, client: number, at: Instant, calls: number, errors: number): void
  /** Counts calls of one hour at once. */
  add(version: number, client: number, first: Instant, last: Instant, calls: number, errors: number): void
  /** Enough has come together to be written down. */
  isFull(): boolean
  /** What was counted since the last time, in no order. Numbers of versions and clients stay valid. */
  drain(): readonly Row[]
}

/**
 * The cells of one row stand beside each other: which row it is as one number, calls, errors, first and last, and nothing
 * behind them up to a power of two. So a row is one line of the processor's cache.
 */
const STRIDE = 8
const CALLS = 1
const ERRORS = 2
const FIRST = 3
const LAST = 4

/** More than there are clients, and more than there are versions. */
const CLIENTS = 1 << 17
const VERSIONS = 1 << 10

export function tally(limits: Limits = DEFAULT_LIMITS): Tally {
  const versions: (readonly Seen[])[] = [[]]
  const versionIds = new Map<string, number>([['', 0]])
  const clients: Client[] = [OVERFLOW]
  const clientIds = new Map<string, number>()
  let size = 1 << 12
  let cells = new Float64Array(size * STRIDE)
  let used = 0

  /** Where the row's cells are, or where they may be made. */
  function cellsOf(row: number, hash: number): number {
    let slot = hash & (size - 1)
    while (cells[slot * STRIDE + CALLS]! > 0) {
      if (cells[slot * STRIDE] === row) return slot * STRIDE
      slot = (slot + 1) & (size - 1)
    }
    return slot * STRIDE
  }

  function begin(cell: number, row: number, first: Instant, last: Instant, errors: number): void {
    cells[cell] = row
    cells[cell + ERRORS] = errors
    cells[cell + FIRST] = first
    cells[cell + LAST] = last
    used++
  }

  function grow(): void {
    const old = cells
    size *= 2
    cells = new Float64Array(size * STRIDE)
    for (let at = 0; at < old.length; at += STRIDE) {
      if (old[at + CALLS] === 0) continue
      const {version, client, hour} = partsOf(old[at]!)
      cells.set(old.subarray(at, at + STRIDE), cellsOf(old[at]!, mix(version, client, hour)))
    }
  }

  function rowsOf(at: number): readonly Row[] {
    const {version, client, hour} = partsOf(cells[at]!)
    return versions[version]!.map(seen => ({
      ...seen,
      client: clients[client]!,
      hour,
      calls: cells[at + CALLS]!,
      errors: cells[at + ERRORS]!,
      first: cells[at + FIRST]!,
      last: cells[at + LAST]!,
    }))
  }

  function add(version: number, client: number, first: Instant, last: Instant, calls: number, errors: number): void {
    const hour = Math.floor(first / HOUR_MS)
    const row = (hour * CLIENTS + client) * VERSIONS + version
    const cell = cellsOf(row, mix(version, client, hour))
    const into = cells
    into[cell + ERRORS]! += errors
    if (into[cell + CALLS] === 0) begin(cell, row, first, last, errors)
    else {
      if (first < into[cell + FIRST]!) into[cell + FIRST] = first
      if (last > into[cell + LAST]!) into[cell + LAST] = last
    }
    into[cell + CALLS]! += calls
    if (2 * used > size) grow()
  }

  return {
    versionId(seen) {
      const key = keyOf(seen)
      if (versionIds.has(key) || versions.length < limits.versions) return idOf(versionIds, versions, key, seen)
      // Nobody has so many versions: what is invented beyond the limit counts as naming none, which blocks a retirement.
      const none = seen.map(({contract}) => ({contract, major: null, minor: null}))
      return idOf(versionIds, versions, keyOf(none), none)
    },
    clientId(client) {
      const key = `${client.kind} ${client.name}`
      const known = clientIds.get(key)
      if (known !== undefined) return known
      if (clients.length > limits.clients) return 0
      return idOf(clientIds, clients, key, client)
    },
    count: (version, client, at, calls, errors) => add(version, client, at, at, calls, errors),
    add,
    isFull: () => used >= limits.rows,
    drain() {
      const rows: Row[] = []
      for (let at = 0; at < cells.length; at += STRIDE) {
        if (cells[at + CALLS]! > 0) rows.push(...rowsOf(at))
        cells[at + CALLS] = 0
      }
      used = 0
      return rows
    },
  }
}

function partsOf(row: number): {version: number; client: number; hour: number} {
  const rest = Math.floor(row / VERSIONS)
  return {version: row % VERSIONS, client: rest % CLIENTS, hour: Math.floor(rest / CLIENTS)}
}

function mix(version: number, client: number, hour: number): number {
  let h = Math.imul(client, 0x9e3779b1) ^ Math.imul(version, 0x85ebca6b) ^ Math.imul(hour, 0xc2b2ae35)
  h ^= h >>> 15
  return h >>> 0
}

function keyOf(seen: readonly Seen[]): string {
  return seen.map(({contract, major, minor}) => `${contract} ${major} ${minor}`).join('|')
}

function idOf<T>(ids: Map<string, number>, values: T[], key: string, value: T): number {
  const known = ids.get(key)
  if (known !== undefined) return known
  ids.set(key, values.length)
  return values.push(value) - 1
}
