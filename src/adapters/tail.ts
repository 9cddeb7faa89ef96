import {finished, type Readable} from 'node:stream'
import type {DurationMs} from '../core/base/units.ts'
import {clock} from './clock.ts'

/** The end of what several streams say, in the order in which it came. */
export interface Tail {
  text(): string
  /** Resolves when all streams have ended, or after `ms`; whatever comes later is not heard. */
  ended(ms: DurationMs): Promise<void>
}

/** Keeps the last `limit` bytes, and says so when there were more. */
export function tail(...streams: readonly (Readable | null)[]): Tail {
  const open = streams.filter(stream => stream !== null)
  const chunks: Buffer[] = []
  let size = 0
  let dropped = false

  function keep(chunk: Buffer): void {
    chunks.push(chunk)
    size += chunk.length
    for (let first = chunks[0]; first && size - first.length >= LIMIT; first = chunks[0]) {
      chunks.shift()
      size -= first.length
      dropped = true
    }
  }

  for (const stream of open) stream.on('data', keep)
  const allEnded = Promise.all(open.map(stream => new Promise<void>(resolve => finished(stream, () => resolve()))))

  return {
    text() {
      const kept = Buffer.concat(chunks)
      const text = kept.subarray(Math.max(0, kept.length - LIMIT)).toString('utf8')
      return dropped || kept.length > LIMIT ? `[...]${text}` : text
    },
    async ended(ms) {
      const late = new AbortController()
      await Promise.race([allEnded, clock.sleep(ms, late.signal)])
      late.abort()
      await allRead()
      for (const stream of open) stream.destroy()
    },
  }
}

/**
 * Resolves when what has come by now has been read. A process that stood still finds its timers over first, and only then
 * what was said to it meanwhile.
 */
export function allRead(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

const LIMIT = 16_384
