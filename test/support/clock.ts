import type {DurationMs, Instant} from '../../src/core/base/units.ts'
import type {Clock} from '../../src/ports/clock.ts'

/** A clock that stands still until a test moves it. */
export interface HandClock extends Clock {
  /** Moves time on; whoever sleeps until then wakes in order, each with the time it asked for. */
  advance(ms: DurationMs): Promise<void>
  /** Moves time from sleeper to sleeper until `work` has settled, and answers what it answers. */
  run<T>(work: Promise<T>): Promise<T>
  /** Wall time jumps, as when somebody sets the clock; nobody wakes, and {@link Clock.monotonic} does not see it. */
  jump(ms: DurationMs): void
  /** How many sleep now. */
  sleepers(): number
}

interface Sleeper {
  readonly due: DurationMs
  readonly wake: () => void
}

/** Starts at a round instant, so that a test can write the times it expects. */
export const HAND_CLOCK_START: Instant = Date.UTC(2026, 0, 1)

export function handClock(start: Instant = HAND_CLOCK_START): HandClock {
  let elapsed = 0
  let wall = start
  const sleeping = new Set<Sleeper>()

  const next = () => [...sleeping].reduce<Sleeper | undefined>((a, b) => (a && a.due <= b.due ? a : b), undefined)

  async function wakeNext(sleeper: Sleeper): Promise<void> {
    elapsed = Math.max(elapsed, sleeper.due)
    sleeper.wake()
    await settle()
  }

  return {
    now: () => wall + elapsed,
    monotonic: () => elapsed,
    sleepers: () => sleeping.size,
    jump: ms => void (wall += ms),
    sleep: (ms, signal) =>
      new Promise(resolve => {
        if (ms <= 0 || signal?.aborted) return resolve()
        const sleeper = {due: elapsed + ms, wake}
        sleeping.add(sleeper)
        signal?.addEventListener('abort', wake, {once: true})
        function wake(): void {
          sleeping.delete(sleeper)
          signal?.removeEventListener('abort', wake)
          resolve()
        }
      }),
    async advance(ms) {
      const end = elapsed + ms
      await settle()
      for (let first = next(); first && first.due <= end; first = next()) await wakeNext(first)
      elapsed = end
      await settle()
    },
    async run(work) {
      let settled = false
      const outcome = work.finally(() => void (settled = true))
      // Whoever calls hears of a failure by `return outcome`; until then it must not count as unheard.
      outcome.catch(() => {})
      for (;;) {
        await settle()
        if (settled) return outcome
        const first = next()
        if (!first) throw new Error('nobody sleeps, and the work is not done: it waits for something that is not time')
        await wakeNext(first)
      }
    },
  }
}

/** Lets everything that can go on without time go on: promises, and what was put off to the next turns of the loop. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise(resolve => setImmediate(resolve))
}
