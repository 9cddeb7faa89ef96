import type {Clock} from '../../ports/clock.ts'
import type {State} from '../../ports/state.ts'
import {accessTo} from './access.ts'
import type {Database} from './driver.ts'
import {FORMS, SQLITE, type Forms} from './schema.ts'
import {stateIn} from './state.ts'
import type {Keeper, Tables} from './tables.ts'

/**
 * The record in one SQLite file. It is opened with the first verb that needs it, and made with the first one that
 * writes, so that looking at a system leaves nothing behind.
 * @param file absolute path
 */
export function sqliteState(file: string, clock: Pick<Clock, 'now'>): State {
  return stateIn(sqliteKeeper(file, clock))
}

/** @param forms of its tables; those of the record of rollouts without it */
export function sqliteKeeper(file: string, clock: Pick<Clock, 'now'>, forms: Forms = FORMS): Keeper {
  const {read, write, close} = accessTo(
    file,
    forms.map(form => form(SQLITE)),
  )
  return {
    read: (nothing, look) => read(nothing, database => look(tablesOf(database, clock))),
    write: change => write(database => change(tablesOf(database, clock))),
    close,
  }
}

function tablesOf(database: Database, clock: Pick<Clock, 'now'>): Tables {
  return {
    now: clock.now(),
    run: async (sql, ...values) => Number(database.prepare(sql).run(...values).changes),
    all: async (sql, ...values) => database.prepare(sql).all(...values),
  }
}
