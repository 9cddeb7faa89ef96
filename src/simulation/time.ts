import {bug} from '../core/base/bug.ts'
import type {DurationMs, Instant} from '../core/base/units.ts'
import type {Clock} from '../ports/clock.ts'

/** Time that goes from one sleeper to the next, as fast as the machine can. */
export interface SimulatedTime extends Clock {
  /** Something happens at a time, counted from the beginning. */
  at(ms: DurationMs, happen: () => void): void
  /** Lets time go on until what is waited for is there. False where the limit comes first. */
  until(reached: () => boolean, limitMs: DurationMs): Promise<boolean>
  /** Somebody sets the clock on the wall. */
  jump(ms: DurationMs): void
}

interface Sleeper {
  readonly due: DurationMs
  readonly wake: () => void
}

/** Whoever goes round and round without time going on is as good as hanging. */
const MOST_TURNS = 20_000

const START: Instant = Date.UTC(2026, 0, 1)

export function simulatedTime(): SimulatedTime {
  let elapsed = 0
  let wall = START
  /** Ascending by time, and by who came first. */
  const sleeping: Sleeper[] = []

  function add(sleeper: Sleeper): void {
    let index = sleeping.length
    while (index > 0 && (sleeping[index - 1]?.due ?? 0) > sleeper.due) index--
    sleeping.splice(index, 0, sleeper)
  }

  function remove(sleeper: Sleeper): void {
    const index = sleeping.indexOf(sleeper)
    if (index >= 0) sleeping.splice(index, 1)
  }

  return {
    now: () => wall + elapsed,
    monotonic: () => elapsed,
    jump: ms => void (wall += ms),
    at: (ms, happen) => add({due: Math.max(ms, elapsed), wake: happen}),
    sleep: (ms, signal) =>
      new Promise(resolve => {
        if (signal?.aborted) return resolve()
        const sleeper = {due: elapsed + Math.max(0, ms), wake}
        add(sleeper)
        signal?.addEventListener('abort', wake, {once: true})
        function wake(): void {
          remove(sleeper)
          signal?.removeEventListener('abort', wake)
          resolve()
        }
      }),
    until: async (reached, limitMs) => {
      const limit = elapsed + limitMs
      for (let turns = 0; ; turns++) {
        if (turns > MOST_TURNS) return false
        await settled()
        if (reached()) return true
        const next = sleeping.shift() ?? bug('nobody sleeps in the simulation, and it is not over')
        if (next.due > limit) {
          sleeping.unshift(next)
          elapsed = limit
          return false
        }
        if (next.due > elapsed) turns = 0
        elapsed = Math.max(elapsed, next.due)
        next.wake()
      }
    },
  }
}

/** All that can go on without time has gone on: in here everything waits for promises, and for nothing else. */
function settled(): Promise<void> {
  return new Promise(resolve => void setImmediate(resolve))
}
