import {failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import {type DurationMs, parseDuration} from '../../../core/base/units.ts'

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

/** The settings by the names they have in `sluice.yaml`. */
const DURATIONS = {
  connect: 'connectMs',
  headers: 'headersMs',
  idle: 'idleMs',
  keepAlive: 'keepAliveMs',
  tunnel: 'tunnelMs',
} as const
const COUNTS = {retries: 0, maxConnections: 1} as const

/** Reads the options of `balancer: { driver: embedded, ... }`. */
export function parseSettings(options: Readonly<Record<string, unknown>>): Result<Settings> {
  const settings: {-readonly [key in keyof Settings]: number} = {...DEFAULT_SETTINGS}
  for (const [key, value] of Object.entries(options)) {
    const parsed = parseOption(key, value)
    if (!parsed.ok) return parsed
    settings[parsed.value.setting] = parsed.value.value
  }
  return ok(settings)
}

function parseOption(key: string, value: unknown): Result<{setting: keyof Settings; value: number}> {
  if (isKeyOf(DURATIONS, key)) {
    const duration = typeof value === 'string' ? parseDuration(value) : undefined
    return duration !== undefined && duration >= 1 && duration < 2 ** 31
      ? ok({setting: DURATIONS[key], value: Math.round(duration)})
      : wrong(key, value, 'a duration such as 500ms, 10s or 5m')
  }
  if (isKeyOf(COUNTS, key)) {
    const least = COUNTS[key]
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= least
      ? ok({setting: key, value})
      : wrong(key, value, `a whole number from ${least} up`)
  }
  const known = [...Object.keys(DURATIONS), ...Object.keys(COUNTS)].join(', ')
  return fail(
    failure('config-invalid', {message: `the embedded balancer has no option ${key}`, hint: `known: ${known}`}),
  )
}

function isKeyOf<T extends object>(table: T, key: string): key is Extract<keyof T, string> {
  return Object.hasOwn(table, key)
}

function wrong(key: string, value: unknown, right: string): Result<never> {
  const message = `${key} of the embedded balancer is ${JSON.stringify(value)}`
  return fail(failure('config-invalid', {message, hint: `write ${right}`}))
}
