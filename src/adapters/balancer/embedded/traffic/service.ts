import type {DurationMs} from '../../../../core/base/units.ts'
import type {ServiceEntry} from '../table/table.ts'
import type {Choice} from './exchange.ts'
import {Pool} from './pool.ts'
import type {Server} from './server.ts'
import {nextTurn, type Turn} from './turns.ts'

/** One service at work: its pools, and whose turn it is. */
export class Service implements Choice {
  readonly name: string
  readonly #pools = new Map<string, Pool>()
  readonly #epochOf: () => string
  #entry: ServiceEntry
  #turns: readonly Turn<Pool>[] = []

  constructor(entry: ServiceEntry, epochOf: () => string) {
    this.name = entry.name
    this.#epochOf = epochOf
    this.#entry = entry
    this.update(entry)
  }

  get entry(): ServiceEntry {
    return this.#entry
  }

  get retries(): number {
    return this.#entry.settings.retries
  }

  /** What runs goes on; only the choice of the next requests changes. */
  update(entry: ServiceEntry): void {
    this.#entry = entry
    const turns = entry.pools.map(wish => {
      const pool = this.#pools.get(wish.id) ?? new Pool(wish.id, this.#epochOf())
      this.#pools.set(wish.id, pool)
      pool.update(wish, entry.settings)
      return {whose: pool, share: wish.share, credit: 0}
    })
    if (!sameShares(turns, this.#turns)) this.#turns = turns
    this.#forget(new Set(entry.pools.map(({id}) => id)))
  }

  #forget(kept: ReadonlySet<string>): void {
    for (const [id, pool] of this.#pools) {
      if (kept.has(id)) continue
      pool.retire()
      this.#pools.delete(id)
    }
  }

  pool(id: string): Pool | undefined {
    return this.#pools.get(id)
  }

  next(): Pool | undefined {
    return nextTurn(this.#turns)
  }

  other(pool: Pool, tried: readonly Server[]): {pool: Pool; server: Server} | undefined {
    const carrying = this.#turns.filter(({share}) => share > 0).map(({whose}) => whose)
    const ownFirst = carrying.sort((a, b) => Number(b === pool) - Number(a === pool))
    for (const candidate of ownFirst) {
      const server = candidate.next(tried)
      if (server) return {pool: candidate, server}
    }
    return undefined
  }

  sweep(now: DurationMs): void {
    for (const pool of this.#pools.values()) for (const server of pool.servers) server.sweep(now)
  }

  retire(): void {
    this.#forget(new Set())
  }
}

function sameShares(a: readonly Turn<Pool>[], b: readonly Turn<Pool>[]): boolean {
  return (
    a.length === b.length && a.every(({whose, share}, index) => whose === b[index]?.whose && share === b[index].share)
  )
}
