import type {Result} from '../../core/base/result.ts'
import {fail, ok} from '../../core/base/result.ts'
import type {Entry} from '../../core/rollout/record.ts'
import type {Lease, State} from '../../ports/state.ts'
import {inTurn} from '../in-turn.ts'
import * as leases from './leases.ts'
import {notMoved} from './moved.ts'
import * as requests from './requests.ts'
import * as rollouts from './rollouts.ts'
import type {Keeper, Tables} from './tables.ts'

/**
 * The record in whatever keeps its tables: every rule of it is here, once, and none in a driver. Whether it was moved is
 * asked wherever no lease is named; every other write needs one that stands, and none outlives a move.
 */
export function stateIn({read, write, append, close}: Keeper): State {
  const look = <T>(nothing: T, work: (tables: Tables) => Promise<T>) =>
    read(nothing, async tables => {
      await notMoved(tables)
      return work(tables)
    })
  const turns = inTurn()
  /** The last entry that was written under each lease: nobody else writes under it. */
  const ends = new Map<string, number>()
  const heard = (lease: Lease, rollout: string, entries: Result<readonly Entry[]>) => {
    const last = entries.ok ? entries.value.at(-1) : undefined
    if (last) ends.set(endOf(lease, rollout), last.seq)
    return entries
  }
  return {
    acquire: claim =>
      write(async tables => {
        await notMoved(tables)
        return leases.acquire(tables, claim)
      }),
    renew: (lease, ttlMs) => write(tables => leases.renew(tables, lease, tables.now + ttlMs)),
    release: lease => write(tables => leases.release(tables, lease)),
    leases: environment => look([], tables => leases.all(tables, environment)),
    begin: async (lease, head, records) =>
      heard(lease, head.id, await write(tables => rollouts.begin(tables, lease, head, records))),
    append: (lease, rollout, records, settled = []) =>
      turns(endOf(lease, rollout), async () => {
        const after = ends.get(endOf(lease, rollout))
        const isAlone = after !== undefined && settled.length === 0 && records.length > 0
        const added = isAlone ? await append?.(lease, rollout, after, records) : undefined
        if (added) return heard(lease, rollout, ok(added))
        const kept = await write(tables => rollouts.append(tables, lease, rollout, records, settled, after))
        return heard(lease, rollout, kept)
      }),
    load: async (environment, id) => {
      const found = await look(undefined, tables => rollouts.load(tables, environment, id))
      if (!found.ok) return found
      return found.value ? ok(found.value) : fail(rollouts.unknown(environment, id))
    },
    ask: (environment, id, request) =>
      write(async tables => {
        await notMoved(tables)
        return requests.leave(tables, environment, id, request)
      }),
    asked: (environment, id) => look([], tables => requests.all(tables, environment, id)),
    head: async (environment, id) => {
      const found = await look(undefined, tables => rollouts.head(tables, environment, id))
      if (!found.ok) return found
      return found.value ? ok(found.value) : fail(rollouts.unknown(environment, id))
    },
    list: (environment, limit) => look([], tables => rollouts.list(tables, environment, limit)),
    tails: (environment, limit) => look([], tables => rollouts.tails(tables, environment, limit)),
    later: (environment, id, seq) => look([], tables => rollouts.later(tables, environment, id, seq)),
    newest: environment => look(undefined, tables => rollouts.newest(tables, environment)),
    kept: environment => look([], tables => rollouts.kept(tables, environment)),
    close,
  }
}

function endOf({environment, fence}: Lease, rollout: string): string {
  return JSON.stringify([environment, fence, rollout])
}
