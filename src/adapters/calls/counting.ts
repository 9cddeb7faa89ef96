import {createHash} from 'node:crypto'
import type {LogFormat, UsageConfig} from '../../core/config/config.ts'
import {unreadGaps, type Batch, type FilePosition} from '../../core/usage/batch.ts'
import type {Gap, Stretch} from '../../core/usage/coverage.ts'
import type {Digest} from '../../core/usage/identity.ts'
import type {HourStart} from '../../core/usage/scan/dated.ts'
import {feeder} from '../../core/usage/scan/feeder.ts'
import {formatNamed, formatOf, type FormatOptions} from '../../core/usage/scan/format.ts'
import {scanner} from '../../core/usage/scan/scanner.ts'
import {tally, type Tally} from '../../core/usage/tally.ts'
import type {ReadyWatch} from '../../core/usage/watch.ts'

/** What is counted, and how lines are read. */
export interface Counting {
  readonly watch: ReadyWatch
  readonly usage: UsageConfig
  readonly hourStart: HourStart
}

/** SHA-256 in hexadecimal digits. */
export const sha256: Digest = text => createHash('sha256').update(text).digest('hex')

/** The clock of this machine, for balancers that write their local time. */
export const localHour: HourStart = (year, month, day, hour) => new Date(year, month, day, hour).getTime()

/** Counts the lines of one source, and hands over what came together. */
export interface Counter {
  push(bytes: Uint8Array): void
  /** The last line need not end with a newline. */
  finish(): void
  /** Bytes of a line that is not whole yet. */
  pending(): number
  /** Enough has come together to be written down. */
  isFull(): boolean
  /** What came together since the last time. */
  batch(more: {
    readonly run: string
    readonly file?: FilePosition
    readonly until?: number
    readonly gaps?: readonly Gap[]
    readonly now: number
  }): Batch
}

export function optionsOf({watch, usage, hourStart}: Counting): FormatOptions {
  return {usage, headers: watch.headers, hourStart}
}

export function detect(sample: Uint8Array, counting: Counting): LogFormat | undefined {
  return formatOf(sample, optionsOf(counting))
}

export function counterFor(source: string, format: LogFormat, counting: Counting, shared: Tally = tally()): Counter {
  const reader = scanner({
    watch: counting.watch,
    format: formatNamed(format, optionsOf(counting)),
    tally: shared,
    digest: sha256,
  })
  const feed = feeder(reader)
  return {
    push: bytes => feed.push(bytes),
    finish: () => feed.finish(),
    pending: () => feed.pending(),
    isFull: () => shared.isFull(),
    batch({run, file, until, gaps = [], now}) {
      const taken = reader.take()
      const stretch = stretchOf(taken, until)
      return {
        source,
        rows: shared.drain(),
        lines: taken.lines,
        gaps: [...gaps, ...unreadGaps(taken, source, now)],
        ...(stretch ? {stretch: {...stretch, run}} : {}),
        ...(file ? {file} : {}),
      }
    },
  }
}

/** From the first line to the last, or to the instant at which nothing more was there. */
function stretchOf({from, to}: Partial<Stretch>, until: number | undefined): Stretch | undefined {
  if (from !== undefined && to !== undefined) return {from, to: Math.max(to, until ?? to)}
  return until === undefined ? undefined : {from: until, to: until}
}
