import type {DurationMs} from '../core/base/units.ts'
import type {SimulatedTime} from './time.ts'

/** A driver that does one thing after the other, and may hang: then what was asked of it waits, and is done later. */
export interface Queue {
  hang(ms: DurationMs): void
  run<T>(work: () => Promise<T>): Promise<T>
}

export function queue(time: SimulatedTime): Queue {
  let last: Promise<unknown> = Promise.resolve()
  let hangsUntil: DurationMs = 0

  async function inTurn<T>(turn: Promise<unknown>, work: () => Promise<T>): Promise<T> {
    await turn
    while (hangsUntil > time.monotonic()) await time.sleep(hangsUntil - time.monotonic())
    return work()
  }

  return {
    hang: ms => void (hangsUntil = Math.max(hangsUntil, time.monotonic() + ms)),
    run: work => {
      const done = inTurn(last, work)
      last = done
      return done
    },
  }
}
