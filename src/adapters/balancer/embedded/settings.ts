import {ok, type Result} from '../../../core/base/result.ts'
import {type DurationMs, parseDuration} from '../../../core/base/units.ts'
import {type OptionReader, readOptions, type Readers} from '../../options.ts'

/** What a user may tune, in milliseconds and counts. */
export interface Settings {
  /** To stand a connection to a server. */
  readonly connectMs: DurationMs
  /** For a client to send the head of a request. */
  readonly headersMs: DurationMs
  /** Silence tolerated in the middle of an exchange, on either side. */
  readonly idleMs: DurationMs
  /** How long a client's connection is kept between two requests. */
  readonly keepAliveMs: DurationMs
  /** Silence tolerated on an upgraded connection. */
  readonly tunnelMs: DurationMs
  /** How many further servers an unanswered request may be given to. */
  readonly retries: number
  /** Clients' connections at once, per listener. */
  readonly maxConnections: number
}

export const DEFAULT_SETTINGS: Settings = {
  connectMs: 2_000,
  headersMs: 10_000,
  idleMs: 60_000,
  keepAliveMs: 60_000,
  tunnelMs: 3_600_000,
  retries: 2,
  maxConnections: 10_000,
}

/** As they are named in `sluice.yaml`. */
interface Written {
  readonly connect: DurationMs
  readonly headers: DurationMs
  readonly idle: DurationMs
  readonly keepAlive: DurationMs
  readonly tunnel: DurationMs
  readonly retries: number
  readonly maxConnections: number
}

/** What a timer can hold. */
const LONGEST_MS = 2 ** 31 - 1

const duration: OptionReader<DurationMs> = {
  read(value) {
    const ms = typeof value === 'string' ? parseDuration(value) : undefined
    return ms !== undefined && ms >= 1 && ms <= LONGEST_MS ? Math.round(ms) : undefined
  },
  wants: 'a duration, like 500ms, 10s or 5m',
}

function wholeFrom(least: number): OptionReader<number> {
  return {
    read: value => (typeof value === 'number' && Number.isSafeInteger(value) && value >= least ? value : undefined),
    wants: `a whole number from ${least} up`,
  }
}

export const EMBEDDED_OPTIONS: Readers<Written> = {
  connect: duration,
  headers: duration,
  idle: duration,
  keepAlive: duration,
  tunnel: duration,
  retries: wholeFrom(0),
  maxConnections: wholeFrom(1),
}

/** Reads the options of `balancer: { driver: embedded, ... }`. @param file `sluice.yaml` @param key where they stand in it */
export function parseSettings(options: Readonly<Record<string, unknown>>, file: string, key: string): Result<Settings> {
  const read = readOptions(options, EMBEDDED_OPTIONS, {driver: 'embedded', file, key})
  if (!read.ok) return read
  const {connect, headers, idle, keepAlive, tunnel, retries, maxConnections} = read.value
  return ok({
    connectMs: connect ?? DEFAULT_SETTINGS.connectMs,
    headersMs: headers ?? DEFAULT_SETTINGS.headersMs,
    idleMs: idle ?? DEFAULT_SETTINGS.idleMs,
    keepAliveMs: keepAlive ?? DEFAULT_SETTINGS.keepAliveMs,
    tunnelMs: tunnel ?? DEFAULT_SETTINGS.tunnelMs,
    retries: retries ?? DEFAULT_SETTINGS.retries,
    maxConnections: maxConnections ?? DEFAULT_SETTINGS.maxConnections,
  })
}
