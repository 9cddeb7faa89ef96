import type {LogFormat} from '../../core/config/config.ts'
import {failure} from '../../core/base/failure.ts'
import {fail, ok, type Result} from '../../core/base/result.ts'
import type {FileMark, KnownFile} from '../../core/usage/batch.ts'
import type {LineCounts} from '../../core/usage/scan/scanner.ts'
import {counterFor, detect, sha256} from './counting.ts'
import type {Reading} from './reading.ts'
import {openLog, unreadable, type OpenLog} from './open.ts'

/** Reading one log into the record. */
export interface Ingest extends Reading {
  readonly path: string
  /** Told after every batch that is on disk: bytes read so far. */
  readonly onProgress?: (bytes: number) => void
}

export interface Ingested {
  readonly path: string
  readonly source: string
  readonly format: LogFormat
  readonly lines: LineCounts
  /** Bytes that an earlier reading had counted. */
  readonly skipped: number
}

/** How many bytes of the beginning tell one log from another. */
export const MARK_LENGTH = 1024
/** What the format is guessed from. */
const SAMPLE_LENGTH = 1 << 16
/** Bytes after which counts and position are written down. */
const BATCH_BYTES = 1 << 26

/**
 * Reads one log to its end. Counts and position go to disk together, so killing this at any instant loses nothing and
 * counts nothing twice; a log that was read before is read on from where it was left, also under another name.
 */
export async function ingest(task: Ingest): Promise<Result<Ingested>> {
  const opened = await openLog(task.path)
  if (!opened.ok) return opened
  try {
    return await read(task, opened.value)
  } catch (error) {
    return fail(unreadable(task.path, error))
  }
}

async function read(task: Ingest, log: OpenLog): Promise<Result<Ingested>> {
  const {source, counting, record, clock} = task
  const files = await record.files()
  if (!files.ok) return files
  const chunks = log.bytes(0)[Symbol.asyncIterator]()
  const head = await take(chunks, SAMPLE_LENGTH)
  const format = task.format ?? detect(head, counting)
  if (format === undefined) return head.includes(10) ? fail(unknownFormat(task.path)) : ok(nothing(task))
  const mark = markOf(head, files.value)
  const start = offsetOf(mark, files.value)
  const counter = counterFor(source, format, counting)
  let at = start
  let fed = start
  let lines: LineCounts = {read: 0, matched: 0, unparsed: 0, notices: 0}

  async function commit(): Promise<Result<void>> {
    const to = fed - counter.pending()
    const batch = counter.batch({run: mark.digest, file: {mark, from: at, to}, now: clock.now()})
    const done = await record.commit(batch)
    if (done.ok) lines = added(lines, batch.lines)
    if (done.ok) at = to
    task.onProgress?.(at)
    return done
  }

  for await (const chunk of onwards(log, chunks, head, start)) {
    counter.push(chunk)
    fed += chunk.length
    if (fed - at < BATCH_BYTES && !counter.isFull()) continue
    const done = await commit()
    if (!done.ok) return done
  }
  // A packed log grows no more, so its last line is whole; of a plain one the rest may still come.
  if (log.kind !== 'plain') counter.finish()
  const done = await commit()
  return done.ok ? ok({path: task.path, source, format, lines, skipped: start}) : done
}

/** What follows the first `start` bytes. A plain file is opened there; anything else is read up to there. */
async function* onwards(
  log: OpenLog,
  chunks: AsyncIterator<Buffer>,
  head: Buffer,
  start: number,
): AsyncGenerator<Buffer> {
  if (log.kind === 'plain' && start > head.length) {
    await chunks.return?.()
    yield* log.bytes(start)
    return
  }
  let left = start
  for (let next: Buffer | undefined = head; next !== undefined; next = await nextOf(chunks)) {
    const skipped = Math.min(left, next.length)
    left -= skipped
    if (skipped < next.length) yield next.subarray(skipped)
  }
}

async function nextOf(chunks: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  const next = await chunks.next()
  return next.done ? undefined : next.value
}

/** The first bytes, at least so many where there are. */
async function take(chunks: AsyncIterator<Buffer>, length: number): Promise<Buffer> {
  const taken: Buffer[] = []
  let size = 0
  while (size < length) {
    const next = await nextOf(chunks)
    if (next === undefined) break
    taken.push(Buffer.from(next))
    size += next.length
  }
  return Buffer.concat(taken)
}

/** The mark that the log is known by; a new one for a log that was never seen. */
export function markOf(head: Buffer, known: readonly KnownFile[]): FileMark {
  const found = known.find(({mark}) => head.length >= mark.length && digestOf(head, mark.length) === mark.digest)
  const length = Math.min(MARK_LENGTH, head.length)
  return found?.mark ?? {digest: digestOf(head, length), length}
}

export function offsetOf(mark: FileMark, known: readonly KnownFile[]): number {
  return known.find(file => file.mark.digest === mark.digest)?.offset ?? 0
}

function digestOf(head: Buffer, length: number): string {
  return sha256(head.toString('latin1', 0, length))
}

function added(a: LineCounts, b: LineCounts): LineCounts {
  return {
    read: a.read + b.read,
    matched: a.matched + b.matched,
    unparsed: a.unparsed + b.unparsed,
    notices: a.notices + b.notices,
  }
}

function nothing({path, source}: Ingest): Ingested {
  return {path, source, format: 'common', lines: {read: 0, matched: 0, unparsed: 0, notices: 0}, skipped: 0}
}

export function unknownFormat(path: string) {
  return failure('not-found', {
    message: `${path} is written in no format that is known`,
    hint: '--format names one of haproxy, common and json; usage.fields names the keys of JSON lines',
  })
}
