import type {DurationMs} from '../core/base/units.ts'
import type {Land} from './land.ts'

/** What became of a release that answers errors. */
export interface BadSeen {
  /** `accounts 2.0.0`, as pools are called. */
  readonly pool: string
  /** From its first request to the last one; undefined where it still had some in the end. */
  readonly tookMs?: DurationMs
}

/** Looks, after every act, whether a release that answers errors has traffic. */
export function watchBad(land: Land): {look(): void; seen(): readonly BadSeen[]} {
  const since = new Map<string, DurationMs>()
  const took = new Map<string, DurationMs>()

  const hasTraffic = (name: string) => {
    const [service = '', pool = ''] = name.split(' ')
    return (land.balancer.pools(service).get(pool)?.share ?? 0) > 0
  }

  function look(): void {
    const now = land.time.monotonic()
    for (const pool of land.bad) {
      if (hasTraffic(pool)) since.set(pool, since.get(pool) ?? now)
      else if (since.has(pool)) took.set(pool, now - (since.get(pool) ?? now))
    }
  }

  return {
    look,
    seen: () =>
      [...since.keys()].map(pool => {
        const tookMs = hasTraffic(pool) ? undefined : took.get(pool)
        return {pool, ...(tookMs !== undefined && {tookMs})}
      }),
  }
}
