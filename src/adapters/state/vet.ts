import {stat} from 'node:fs/promises'
import type {Database} from './driver.ts'
import {APPLICATION_ID} from './schema.ts'
import type {Cell} from './tables.ts'

const DAMAGED = 11

/** What holds for every connection; a file of another program is refused, and one that is damaged. */
export async function vet(database: Database, file: string): Promise<void> {
  database.exec('PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF')
  assert(database, 'application_id', APPLICATION_ID)
  await assertWhole(database, file)
}

/** How many forms its tables have gone through; refused where they are more than are known here. */
export function formOf(database: Database, known: number): number {
  const form = Number(pragma(database, 'user_version'))
  if (form > known) throw new Error(`it is of form ${form}, and this sluice knows no form beyond ${known}`)
  return form
}

/** A setting is read back: one that did not take would cost the record its worth without anybody noticing. */
export function assert(database: Database, name: string, wanted: Cell): void {
  const got = pragma(database, name)
  if (got !== wanted) throw new Error(`${name} is ${got} where ${wanted} is needed`)
}

/**
 * What the check finds is told as SQLite itself would tell of damage that it stumbles on. It reads the whole file, so a
 * file that is as it was when this process checked it is not checked again.
 */
async function assertWhole(database: Database, file: string): Promise<void> {
  const {ino, size, mtimeMs} = await stat(file)
  const now = [ino, size, mtimeMs].join(' ')
  if (checked.get(file) === now) return
  const found = pragma(database, 'quick_check(1)')
  if (found !== 'ok') throw Object.assign(new Error(String(found)), {errcode: DAMAGED})
  checked.set(file, now)
}

const checked = new Map<string, string>()

function pragma(database: Database, name: string): Cell {
  return Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0] ?? null
}
