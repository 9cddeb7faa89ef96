import {fail, ok} from '../../core/base/result.ts'
import type {Clock} from '../../ports/clock.ts'
import type {State} from '../../ports/state.ts'
import {accessTo} from './access.ts'
import * as leases from './leases.ts'
import * as rollouts from './rollouts.ts'
import {SCHEMA} from './schema.ts'

/**
 * The record in one SQLite file. It is opened with the first verb that needs it, and made with the first one that
 * writes, so that looking at a system leaves nothing behind.
 * @param file absolute path
 */
export function sqliteState(file: string, clock: Clock): State {
  const {read, write, close} = accessTo(file, SCHEMA)
  return {
    acquire: claim => write(database => leases.acquire(database, claim, clock.now())),
    renew: (lease, ttlMs) => write(database => leases.renew(database, lease, clock.now() + ttlMs)),
    release: lease => write(database => leases.release(database, lease)),
    leases: environment => read([], database => leases.all(database, environment)),
    begin: (lease, head, records) => write(database => rollouts.begin(database, lease, head, records, clock.now())),
    append: (lease, rollout, records, settled = []) =>
      write(database => rollouts.append(database, lease, rollout, records, settled, clock.now())),
    load: async (environment, id) => {
      const found = await read(undefined, database => rollouts.load(database, environment, id))
      if (!found.ok) return found
      return found.value ? ok(found.value) : fail(rollouts.unknown(environment, id))
    },
    list: (environment, limit) => read([], database => rollouts.list(database, environment, limit)),
    kept: environment => read([], database => rollouts.kept(database, environment)),
    close,
  }
}
