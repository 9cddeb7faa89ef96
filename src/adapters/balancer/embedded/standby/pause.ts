import type {DurationMs} from '../../../../core/base/units.ts'

/** A standby that lived for so long did not fail at its start. */
const LONG_MS = 10_000
const FIRST_MS = 1_000
const LONGEST_MS = 60_000

/** How long to go on without a standby after one has ended: not at all, unless one after the other ends at once. */
export function pauseAfter(livedMs: DurationMs, lastPauseMs: DurationMs | undefined): DurationMs {
  if (livedMs >= LONG_MS || lastPauseMs === undefined) return 0
  return Math.min(Math.max(FIRST_MS, lastPauseMs * 2), LONGEST_MS)
}
