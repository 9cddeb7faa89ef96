import {randomUUID} from 'node:crypto'
import {chmod, link, mkdir, rm, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import type {Result} from '../../core/base/result.ts'
import {fail, ok} from '../../core/base/result.ts'
import {type Database, driver} from './driver.ts'
import {cutOff, sizeOf} from './file.ts'
import {APPLICATION_ID} from './schema.ts'
import {assert, vet, formOf} from './vet.ts'
import {trouble} from './trouble.ts'

/** The first SQLite in which two connections cannot lose a write-ahead log that one of them resets. */
const SAFE_WAL = [3, 51, 3] as const

/**
 * Opens the database, or answers undefined where there is none and none is to be made. A new one is made whole under
 * another name first, so that an empty file always means one that was cut off, and never a record that is forgotten.
 * @param forms the statements that make each form of its tables from the one before
 */
export async function openDatabase(
  file: string,
  create: boolean,
  forms: readonly string[],
): Promise<Result<Database | undefined>> {
  try {
    const size = await sizeOf(file)
    if (size === undefined && !create) return ok(undefined)
    if (size === undefined) await make(file, forms)
    else if (size === 0) return fail(cutOff(file))
    return ok(await connect(file, forms))
  } catch (error) {
    return fail(trouble(file, error))
  }
}

async function make(file: string, forms: readonly string[]): Promise<void> {
  const folder = dirname(file)
  await mkdir(folder, {recursive: true, mode: 0o700})
  await chmod(folder, 0o700)
  await writeFile(join(folder, '.gitignore'), '*\n', {flag: 'wx'}).catch(() => {})
  const draft = `${file}.${randomUUID()}.new`
  await writeFile(draft, '', {mode: 0o600})
  const {DatabaseSync} = await driver()
  const made = new DatabaseSync(draft)
  made.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${forms.length}; ${forms.join('')}`)
  made.close()
  // Whoever is first wins; the other one uses what is there.
  await link(draft, file).catch(error => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  })
  await rm(draft, {force: true})
}

async function connect(file: string, forms: readonly string[]): Promise<Database> {
  const {DatabaseSync} = await driver()
  const database = new DatabaseSync(file)
  try {
    await vet(database, file)
    database.exec(`PRAGMA journal_mode = ${journalMode(database)}; PRAGMA synchronous = FULL`)
    assert(database, 'journal_mode', journalMode(database))
    assert(database, 'synchronous', 2)
    bringUpToDate(database, forms)
  } catch (error) {
    database.close()
    throw error
  }
  return database
}

function journalMode(database: Database): 'wal' | 'truncate' {
  const version = String(database.prepare('SELECT sqlite_version() AS version').get()?.['version'])
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  const [x, y, z] = SAFE_WAL
  const safe = major !== x ? major > x : minor !== y ? minor > y : patch >= z
  return safe ? 'wal' : 'truncate'
}

/** A file of an older form gets what has been added since. */
function bringUpToDate(database: Database, forms: readonly string[]): void {
  if (formOf(database, forms.length) === forms.length) return
  database.exec('BEGIN IMMEDIATE')
  // Asked again, since somebody else may have done it while we waited.
  const missing = forms.slice(formOf(database, forms.length))
  database.exec(`${missing.join('')}; PRAGMA user_version = ${forms.length}; COMMIT`)
}
