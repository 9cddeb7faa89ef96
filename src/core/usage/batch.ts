import type {Instant} from '../base/units.ts'
import type {Gap, Stretch} from './coverage.ts'
import type {LineCounts, Scanned} from './scan/scanner.ts'
import {HOUR_MS, type Row} from './tally.ts'

/** What is written down at once: counts, and how far they were read. Either both are on disk or neither is. */
export interface Batch {
  readonly source: string
  readonly rows: readonly Row[]
  readonly lines: LineCounts
  /** What these lines cover, and the name of the run of lines that they belong to: a file, or one listening. */
  readonly stretch?: Stretch & {readonly run: string}
  readonly gaps: readonly Gap[]
  readonly file?: FilePosition
  readonly cursor?: Cursor
}

/** What a source is compared with the next time, as text; nobody else may have moved it on. */
export interface Cursor {
  readonly from: string | null
  readonly to: string
  /** The name that it is kept under, where whoever counts stays the same while its source is called something else. */
  readonly of?: string
}

/** How far a file was read. It is known by how it begins, so it stays the same when it is renamed or compressed. */
export interface FilePosition {
  readonly mark: FileMark
  /** Where the last batch ended, in bytes of the file as it was before it was compressed; nobody else may have read on. */
  readonly from: number
  readonly to: number
}

/** The digest of the first `length` bytes. */
export interface FileMark {
  readonly digest: string
  readonly length: number
}

/** A file that was read, with how far. */
export interface KnownFile {
  readonly mark: FileMark
  readonly source: string
  /** Bytes that were read. */
  readonly offset: number
}

/** Lines that could not be read, as times for which nobody knows who called. */
export function unreadGaps(scanned: Scanned, name: string, now: Instant): readonly Gap[] {
  const gaps = [...scanned.unparsedByHour].map(([hour, count]) =>
    gapAt(hour * HOUR_MS, (hour + 1) * HOUR_MS, name, count),
  )
  if (scanned.unplaced === 0) return gaps
  return [...gaps, gapAt(scanned.from ?? now, scanned.to ?? now, name, scanned.unplaced)]
}

function gapAt(from: Instant, to: Instant, name: string, count: number): Gap {
  return {from, to, reason: `${count} ${count === 1 ? 'line' : 'lines'} of ${name} could not be read`}
}

/** Hours in which more clients called than can be kept apart. */
export function overflowGaps(rows: readonly Row[]): readonly Gap[] {
  const hours = new Set(rows.filter(row => row.client.kind === 'overflow').map(row => row.hour))
  return [...hours].map(hour => ({
    from: hour * HOUR_MS,
    to: (hour + 1) * HOUR_MS,
    reason: 'more clients called than can be kept apart',
  }))
}
