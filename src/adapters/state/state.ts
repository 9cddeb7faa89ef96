import {fail, ok} from '../../core/base/result.ts'
import type {State} from '../../ports/state.ts'
import * as leases from './leases.ts'
import * as requests from './requests.ts'
import * as rollouts from './rollouts.ts'
import type {Keeper} from './tables.ts'

/** The record in whatever keeps its tables: every rule of it is here, once, and none in a driver. */
export function stateIn({read, write, close}: Keeper): State {
  return {
    acquire: claim => write(tables => leases.acquire(tables, claim)),
    renew: (lease, ttlMs) => write(tables => leases.renew(tables, lease, tables.now + ttlMs)),
    release: lease => write(tables => leases.release(tables, lease)),
    leases: environment => read([], tables => leases.all(tables, environment)),
    begin: (lease, head, records) => write(tables => rollouts.begin(tables, lease, head, records)),
    append: (lease, rollout, records, settled = []) =>
      write(tables => rollouts.append(tables, lease, rollout, records, settled)),
    load: async (environment, id) => {
      const found = await read(undefined, tables => rollouts.load(tables, environment, id))
      if (!found.ok) return found
      return found.value ? ok(found.value) : fail(rollouts.unknown(environment, id))
    },
    list: (environment, limit) => read([], tables => rollouts.list(tables, environment, limit)),
    ask: (environment, id, request) => write(tables => requests.leave(tables, environment, id, request)),
    asked: (environment, id) => read([], tables => requests.all(tables, environment, id)),
    kept: environment => read([], tables => rollouts.kept(tables, environment)),
    close,
  }
}
