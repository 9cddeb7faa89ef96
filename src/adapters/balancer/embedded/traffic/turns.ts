import type {Percent} from '../../../../core/base/units.ts'

/** One of those who take turns. */
export interface Turn<T> {
  readonly whose: T
  /** Of all shares of the list, not of 100. */
  readonly share: Percent
  /** What it is owed so far. */
  credit: number
}

/**
 * Smooth weighted round robin: everybody is owed its share, the most owed is served and pays for all. In any stretch of
 * requests each gets its share to within one request, so a split is exact at any concurrency, which chance and
 * least-connections are not. Ties go to the first.
 */
export function nextTurn<T>(turns: readonly Turn<T>[]): T | undefined {
  let best: Turn<T> | undefined
  let total = 0
  for (const turn of turns) {
    if (turn.share === 0) continue
    turn.credit += turn.share
    total += turn.share
    if (best === undefined || turn.credit > best.credit) best = turn
  }
  if (best) best.credit -= total
  return best?.whose
}
