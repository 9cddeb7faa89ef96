import {fail, ok, type Result} from '../../core/base/result.ts'
import type {Instant} from '../../core/base/units.ts'
import type {SyslogAddress} from '../../core/config/config.ts'
import type {Gap} from '../../core/usage/coverage.ts'
import {counterFor, detect, type Counter} from './counting.ts'
import {unknownFormat} from './ingest.ts'
import {COMMIT_MS, type EndlessReading} from './reading.ts'
import {listenOn, type Ear} from './listen.ts'

/** A log that comes in as syslog. */
export interface Hear extends EndlessReading {
  readonly address: SyslogAddress
}

/** Where no line could be read among so many bytes, the format is not one that is known. */
const SAMPLE_BYTES = 1 << 16

/** Listens until the signal comes. What nobody listened to before, and what is lost meanwhile, is written down as a gap. */
export async function hear(task: Hear): Promise<Result<void>> {
  const lines = linesFor(task)
  const opened = await listenOn(task.address, {line: lines.take, say: task.say})
  if (!opened.ok) return opened
  const ear = opened.value
  const since = task.clock.now()
  const unheard = await unheardUntil(task, since)
  if (!unheard.ok) return unheard
  let gaps = unheard.value
  let from = since
  try {
    do {
      await task.clock.sleep(COMMIT_MS, task.signal)
      const now = task.clock.now()
      const done = await commit(task, lines, ear, {since, from, now, gaps})
      if (!done.ok) return done
      from = now
      gaps = []
    } while (!task.signal.aborted)
    return ok(undefined)
  } finally {
    await ear.close()
  }
}

interface Spell {
  readonly since: Instant
  readonly from: Instant
  readonly now: Instant
  readonly gaps: readonly Gap[]
}

async function commit(task: Hear, lines: Lines, ear: Ear, {since, from, now, gaps}: Spell): Promise<Result<void>> {
  const lost = (await ear.losses()).map(reason => ({from, to: now, reason}))
  if (lines.areUnknown()) return fail(unknownFormat(`syslog of ${task.source}`))
  const counter = lines.counter()
  if (!counter && lost.length === 0 && gaps.length === 0) return ok(undefined)
  const run = `listening since ${new Date(since).toISOString()}`
  const {source, record} = task
  const done = await record.commit(
    counter
      ? counter.batch({run, until: now, gaps: [...gaps, ...lost], now})
      : {source, rows: [], lines: {read: 0, matched: 0, unparsed: 0, notices: 0}, gaps: [...gaps, ...lost]},
  )
  return done
}

/** From when the source was read last to now, nobody listened. */
async function unheardUntil({record, source}: Hear, now: Instant): Promise<Result<readonly Gap[]>> {
  const known = await record.recorded(now)
  if (!known.ok) return known
  const ends = (known.value.sources.find(({name}) => name === source)?.stretches ?? []).map(({to}) => to)
  return ok(ends.length === 0 ? [] : [{from: Math.max(...ends), to: now, reason: 'nobody listened'}])
}

interface Lines {
  readonly take: (line: Uint8Array) => void
  /** Undefined until the format is known. */
  counter(): Counter | undefined
  /** Many came, and none of them could be read. */
  areUnknown(): boolean
}

/** Counts lines as they come; the first ones wait until it is known how they are written. */
function linesFor({source, counting, format}: Hear): Lines {
  let counter = format && counterFor(source, format, counting)
  let first: Uint8Array[] = []
  let size = 0
  return {
    counter: () => counter,
    areUnknown: () => !counter && size > SAMPLE_BYTES,
    take(line) {
      if (counter) return counter.push(line)
      if (size > SAMPLE_BYTES) return
      first.push(line)
      size += line.length
      const found = detect(line, counting)
      if (!found) return
      counter = counterFor(source, found, counting)
      for (const early of first) counter.push(early)
      first = []
    },
  }
}
