import type {Result} from '../../core/base/result.ts'
import {fail, ok} from '../../core/base/result.ts'
import type {Clock} from '../../ports/clock.ts'
import type {State} from '../../ports/state.ts'
import type {Database} from './database.ts'
import {openDatabase} from './database.ts'
import * as leases from './leases.ts'
import * as rollouts from './rollouts.ts'
import {Refused} from './refused.ts'
import {trouble} from './trouble.ts'

/**
 * The record in one SQLite file. It is opened with the first verb that needs it, and made with the first one that
 * writes, so that looking at a system leaves nothing behind.
 * @param file absolute path
 */
export function sqliteState(file: string, clock: Clock): State {
  let opened: Database | undefined
  let opening: Promise<unknown> = Promise.resolve()

  /** One after the other, so that two verbs at once do not open it twice. */
  function open(create: boolean): Promise<Result<Database | undefined>> {
    const answer = opening.then(() => openOnce(create))
    opening = answer
    return answer
  }

  async function openOnce(create: boolean): Promise<Result<Database | undefined>> {
    if (opened) return ok(opened)
    const answer = await openDatabase(file, create)
    if (answer.ok) opened = answer.value
    return answer
  }

  /** Reads; without a file, the answer is `nothing`. */
  async function read<T>(nothing: T, look: (database: Database) => T): Promise<Result<T>> {
    const answer = await open(false)
    if (!answer.ok) return answer
    const database = answer.value
    return database ? attempt(file, () => look(database)) : ok(nothing)
  }

  /** Writes all or nothing, with everybody else kept out from the first read on. */
  async function write<T>(change: (database: Database) => T): Promise<Result<T>> {
    const answer = await open(true)
    if (!answer.ok) return answer
    return attempt(file, () => transaction(answer.value!, change))
  }

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
    close: async () => {
      opened?.close()
      opened = undefined
    },
  }
}

function transaction<T>(database: Database, change: (database: Database) => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const value = change(database)
    database.exec('COMMIT')
    return value
  } catch (error) {
    // A full disk may have rolled it back by itself; then there is nothing left to undo.
    try {
      database.exec('ROLLBACK')
    } catch {}
    throw error
  }
}

function attempt<T>(file: string, work: () => T): Result<T> {
  try {
    return ok(work())
  } catch (error) {
    return fail(error instanceof Refused ? error.failure : trouble(file, error))
  }
}
