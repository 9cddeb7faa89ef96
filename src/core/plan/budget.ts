import type {DurationMs, Instant} from '../base/units.ts'

/** How long planning may take. The clock is handed in as a function, for the core has none. */
export interface Limits {
  readonly timeLimitMs: DurationMs
  readonly now: () => Instant
}

/** What is left of a limit; asked often, it looks at the clock rarely. */
export interface Budget {
  /** True once the time is up, and from then on. */
  readonly spent: () => boolean
  /** A smaller budget within this one: `share` of what is left. */
  readonly some: (share: number) => Budget
}

export function budget(limits: Limits): Budget {
  return until(limits.now() + limits.timeLimitMs, limits.now)
}

function until(end: Instant, now: () => Instant): Budget {
  let asked = 0
  let over = now() >= end
  return {
    spent: () => {
      if (!over && asked++ % ASKS_PER_LOOK === 0) over = now() >= end
      return over
    },
    some: share => {
      const present = now()
      return until(present + Math.max(0, end - present) * share, now)
    },
  }
}

const ASKS_PER_LOOK = 64
