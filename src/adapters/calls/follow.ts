import {open, stat, type FileHandle} from 'node:fs/promises'
import {ok, fail, type Result} from '../../core/base/result.ts'
import type {Instant} from '../../core/base/units.ts'
import type {FileMark} from '../../core/usage/batch.ts'
import type {Gap} from '../../core/usage/coverage.ts'
import {codeOf} from '../files.ts'
import {counterFor, detect, type Counter} from './counting.ts'
import {markOf, MARK_LENGTH, offsetOf} from './ingest.ts'
import {COMMIT_MS, type EndlessReading} from './reading.ts'
import {unreadable} from './open.ts'

/** A log that is read as it grows. */
export interface Follow extends EndlessReading {
  readonly path: string
}

const POLL_MS = 250
const CHUNK = 1 << 20

/** One file as it was opened; its name may belong to another one by now. */
interface Opened {
  readonly handle: FileHandle
  readonly inode: bigint
  readonly mark: FileMark
  readonly counter: Counter
  /** Up to where it is counted and written down. */
  at: number
  /** Up to where it was read. */
  fed: number
  committed: Instant
  /** Told with the next batch. */
  gaps: readonly Gap[]
}

/**
 * Reads a log until the signal comes. A log that is renamed is read to its end before the new one is begun; one that is
 * cut to nothing may have lost lines, and that is written down as a gap.
 */
export async function follow(task: Follow): Promise<Result<void>> {
  let current: Opened | undefined
  /** Until when everything was read, where the next file is not known to follow at once. */
  let lost: Instant | undefined
  try {
    while (!task.signal.aborted) {
      current ??= await begin(task, lost)
      if (!current) {
        await task.clock.sleep(POLL_MS, task.signal)
        continue
      }
      lost = undefined
      const state = await stateOf(current, task.path)
      const more = await drain(task, current)
      if (!more.ok) return more
      if (state === 'same') await task.clock.sleep(POLL_MS, task.signal)
      else {
        if (state === 'cut') lost = current.committed
        task.say(
          state === 'cut' ? `${task.path} was cut; what was not read before is lost` : `${task.path} was rotated`,
        )
        const ended = await end(task, current, state)
        current = undefined
        if (!ended.ok) return ended
      }
    }
    return current ? await end(task, current, 'same') : ok(undefined)
  } catch (error) {
    return fail(unreadable(task.path, error))
  } finally {
    await current?.handle.close().catch(() => {})
  }
}

/** Opens the log where it was left; undefined while there is none, or nothing in it by which to know it. */
async function begin(task: Follow, lost: Instant | undefined): Promise<Opened | undefined> {
  const handle = await open(task.path).catch(error => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (!handle) return undefined
  const {buffer, bytesRead} = await handle.read(Buffer.alloc(CHUNK), 0, CHUNK, 0)
  const head = buffer.subarray(0, bytesRead)
  const format = task.format ?? detect(head, task.counting)
  const files = await task.record.files()
  if (!files.ok || format === undefined || !head.includes(10)) {
    await handle.close()
    return undefined
  }
  const mark = markOf(head.subarray(0, Math.max(MARK_LENGTH, head.indexOf(10) + 1)), files.value)
  const at = offsetOf(mark, files.value)
  const now = task.clock.now()
  const reason = `${task.path} was cut while it was read`
  return {
    handle,
    mark,
    at,
    fed: at,
    inode: (await handle.stat({bigint: true})).ino,
    counter: counterFor(task.source, format, task.counting),
    committed: now,
    gaps: lost === undefined ? [] : [{from: lost, to: now, reason}],
  }
}

/** Whether the name still means the file that is read. */
async function stateOf(opened: Opened, path: string): Promise<'same' | 'rotated' | 'cut'> {
  const found = await stat(path, {bigint: true}).catch(() => undefined)
  if (found === undefined || found.ino !== opened.inode) return 'rotated'
  return Number(found.size) < opened.fed ? 'cut' : 'same'
}

/** Reads what is there, and writes it down when it is time. */
async function drain(task: Follow, opened: Opened): Promise<Result<void>> {
  for (;;) {
    const {buffer, bytesRead} = await opened.handle.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, opened.fed)
    if (bytesRead > 0) opened.counter.push(buffer.subarray(0, bytesRead))
    opened.fed += bytesRead
    const isDue = task.clock.now() - opened.committed >= COMMIT_MS
    if (isDue || opened.counter.isFull()) {
      const done = await commit(task, opened, bytesRead < CHUNK)
      if (!done.ok) return done
    }
    if (bytesRead < CHUNK) return ok(undefined)
  }
}

async function commit(task: Follow, opened: Opened, isAtEnd: boolean): Promise<Result<void>> {
  const now = task.clock.now()
  const to = opened.fed - opened.counter.pending()
  const file = {mark: opened.mark, from: opened.at, to}
  const until = isAtEnd ? {until: now} : {}
  const done = await task.record.commit(
    opened.counter.batch({run: opened.mark.digest, file, now, gaps: opened.gaps, ...until}),
  )
  if (!done.ok) return done
  opened.at = to
  opened.gaps = []
  opened.committed = now
  return ok(undefined)
}

async function end(task: Follow, opened: Opened, state: 'same' | 'rotated' | 'cut'): Promise<Result<void>> {
  const read = state === 'cut' ? ok(undefined) : await drain(task, opened)
  // Nothing is written behind the last line of a file that was renamed.
  if (state === 'rotated') opened.counter.finish()
  const done = read.ok ? await commit(task, opened, true) : read
  await opened.handle.close()
  return done
}
