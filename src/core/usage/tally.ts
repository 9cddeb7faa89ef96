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
  /** Enough has come together to be written down. */
  isFull(): boolean
  /** What was counted since the last time, in no order. Numbers of versions and clients stay valid. */
  drain(): readonly Row[]
}

interface Cells {
  versions: Int32Array
  clients: Int32Array
  hours: Int32Array
  calls: Float64Array
  errors: Float64Array
  firsts: Float64Array
  lasts: Float64Array
}

export function tally(limits: Limits = DEFAULT_LIMITS): Tally {
  const versions: (readonly Seen[])[] = [[]]
  const versionIds = new Map<string, number>([['', 0]])
  const clients: Client[] = [OVERFLOW]
  const clientIds = new Map<string, number>()
  let size = 1 << 12
  let cells = emptyCells(size)
  let used = 0

  function slotOf(version: number, client: number, hour: number): number {
    let slot = mix(version, client, hour) & (size - 1)
    while (cells.calls[slot]! > 0) {
      if (cells.versions[slot] === version && cells.clients[slot] === client && cells.hours[slot] === hour) return slot
      slot = (slot + 1) & (size - 1)
    }
    return slot
  }

  function grow(): void {
    const old = cells
    size *= 2
    cells = emptyCells(size)
    for (let i = 0; i < old.calls.length; i++) {
      if (old.calls[i] === 0) continue
      const slot = slotOf(old.versions[i]!, old.clients[i]!, old.hours[i]!)
      for (const name of CELL_NAMES) cells[name][slot] = old[name][i]!
    }
  }

  function rowsOf(slot: number): readonly Row[] {
    return versions[cells.versions[slot]!]!.map(seen => ({
      ...seen,
      client: clients[cells.clients[slot]!]!,
      hour: cells.hours[slot]!,
      calls: cells.calls[slot]!,
      errors: cells.errors[slot]!,
      first: cells.firsts[slot]!,
      last: cells.lasts[slot]!,
    }))
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
    count(version, client, at, calls, errors) {
      const hour = Math.floor(at / HOUR_MS)
      const slot = slotOf(version, client, hour)
      if (cells.calls[slot] === 0) {
        cells.versions[slot] = version
        cells.clients[slot] = client
        cells.hours[slot] = hour
        cells.errors[slot] = 0
        cells.firsts[slot] = at
        cells.lasts[slot] = at
        used++
      }
      cells.calls[slot]! += calls
      cells.errors[slot]! += errors
      if (at < cells.firsts[slot]!) cells.firsts[slot] = at
      if (at > cells.lasts[slot]!) cells.lasts[slot] = at
      if (2 * used > size) grow()
    },
    isFull: () => used >= limits.rows,
    drain() {
      const rows: Row[] = []
      for (let slot = 0; slot < size; slot++) if (cells.calls[slot]! > 0) rows.push(...rowsOf(slot))
      cells.calls.fill(0)
      used = 0
      return rows
    },
  }
}

const CELL_NAMES = ['versions', 'clients', 'hours', 'calls', 'errors', 'firsts', 'lasts'] as const

function emptyCells(size: number): Cells {
  return {
    versions: new Int32Array(size),
    clients: new Int32Array(size),
    hours: new Int32Array(size),
    calls: new Float64Array(size),
    errors: new Float64Array(size),
    firsts: new Float64Array(size),
    lasts: new Float64Array(size),
  }
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
