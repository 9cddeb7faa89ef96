import type {Result} from '../../core/base/result.ts'
import {fail, ok} from '../../core/base/result.ts'
import {inTurn} from '../in-turn.ts'
import {openDatabase} from './database.ts'
import type {Database} from './driver.ts'
import {mayWrite} from './file.ts'
import {lookAt} from './onlooker.ts'
import {Refused} from './refused.ts'
import {trouble} from './trouble.ts'

/** One SQLite file, for whoever keeps tables in it. */
export interface Access {
  /** Reads, also where nothing may be written; without a file, the answer is `nothing`. What looks may be asked again. */
  read<T>(nothing: T, look: (database: Database) => T | Promise<T>): Promise<Result<T>>
  /** Writes all or nothing, with everybody else kept out from the first read on. */
  write<T>(change: (database: Database) => T | Promise<T>): Promise<Result<T>>
  close(): Promise<void>
}

/**
 * Within one process the users of a file take turns: those who share a connection may not see what another has not
 * committed, and SQLite lets whoever waits for another connection stop the whole process, the other one with it.
 */
const turns = inTurn()

/**
 * Opens the file with the first verb that needs it, and makes it with the first one that writes.
 * @param file absolute path
 * @param forms the statements that make each form of its tables from the one before
 */
export function accessTo(file: string, forms: readonly string[]): Access {
  let opened: Database | undefined

  async function open(create: boolean): Promise<Result<Database | undefined>> {
    if (opened) return ok(opened)
    const answer = await openDatabase(file, create, forms)
    if (answer.ok) opened = answer.value
    return answer
  }

  async function read<T>(nothing: T, look: (database: Database) => T | Promise<T>): Promise<Result<T>> {
    if (!opened && !(await mayWrite(file))) return lookAt(file, forms, nothing, look)
    const answer = await open(false)
    if (!answer.ok) return answer
    const database = answer.value
    return database ? attempt(file, () => look(database)) : ok(nothing)
  }

  async function write<T>(change: (database: Database) => T | Promise<T>): Promise<Result<T>> {
    if (!opened && !(await mayWrite(file))) return fail(trouble(file, new ReadOnly()))
    const answer = await open(true)
    if (!answer.ok) return answer
    return attempt(file, () => transaction(answer.value!, change))
  }

  return {
    read: (nothing, look) => turns(file, () => read(nothing, look)),
    write: change => turns(file, () => write(change)),
    close: () =>
      turns(file, async () => {
        opened?.close()
        opened = undefined
      }),
  }
}

/** Told as SQLite tells it, which says of some such folders only that something could not be opened. */
class ReadOnly extends Error {
  readonly code = 'EROFS'
}

async function transaction<T>(database: Database, change: (database: Database) => T | Promise<T>): Promise<T> {
  database.exec('BEGIN IMMEDIATE')
  try {
    const value = await change(database)
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

async function attempt<T>(file: string, work: () => T | Promise<T>): Promise<Result<T>> {
  try {
    return ok(await work())
  } catch (error) {
    return fail(error instanceof Refused ? error.failure : trouble(file, error))
  }
}
