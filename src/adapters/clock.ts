import type {DurationMs} from '../core/base/units.ts'
import type {Clock} from '../ports/clock.ts'

/** The machine's time. */
export const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep,
}

/** What `setTimeout` can hold; past it, it would fire at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1

/** A sleep holds the process up, since somebody waits for it; an aborted one leaves nothing behind. */
async function sleep(ms: DurationMs, signal?: AbortSignal): Promise<void> {
  const end = performance.now() + ms
  const left = () => (signal?.aborted ? 0 : end - performance.now())
  while (left() > 0) await nap(Math.min(left(), LONGEST_TIMER_MS), signal)
}

function nap(ms: DurationMs, signal: AbortSignal | undefined): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(wake, ms)
    signal?.addEventListener('abort', wake, {once: true})
    function wake(): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', wake)
      resolve()
    }
  })
}
