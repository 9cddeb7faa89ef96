import {randomUUID} from 'node:crypto'
import {chmod, link, mkdir, rm, stat, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import type {Result} from '../../core/base/result.ts'
import {fail, ok} from '../../core/base/result.ts'
import {failure} from '../../core/base/failure.ts'
import type {Cell, Row} from './tables.ts'
import {APPLICATION_ID} from './schema.ts'
import {trouble} from './trouble.ts'

/** The part of Node's own SQLite that we use; the package for older Nodes has the same. */
export interface Database {
  exec(sql: string): void
  prepare(sql: string): {
    run(...values: Cell[]): {readonly changes: number | bigint}
    get(...values: Cell[]): Row | undefined
    all(...values: Cell[]): Row[]
  }
  close(): void
}

type Driver = {readonly DatabaseSync: new (path: string) => Database}

const DAMAGED = 11

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
    const found = await stat(file).catch(() => undefined)
    if (!found && !create) return ok(undefined)
    if (!found) await make(file, forms)
    else if (found.size === 0) return fail(cutOff(file))
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

/** Every setting is read back: one that did not take would cost the record its worth without anybody noticing. */
async function connect(file: string, forms: readonly string[]): Promise<Database> {
  const {DatabaseSync} = await driver()
  const database = new DatabaseSync(file)
  try {
    database.exec('PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF')
    assert(database, 'application_id', APPLICATION_ID)
    database.exec(`PRAGMA journal_mode = ${journalMode(database)}; PRAGMA synchronous = FULL`)
    assert(database, 'journal_mode', journalMode(database))
    assert(database, 'synchronous', 2)
    await assertWhole(database, file)
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

/** A file of an older form gets what has been added since; one of a newer form is refused. */
function bringUpToDate(database: Database, forms: readonly string[]): void {
  if (formOf(database) > forms.length)
    throw new Error(`it is of form ${formOf(database)}, and this sluice knows no form beyond ${forms.length}`)
  if (formOf(database) === forms.length) return
  database.exec('BEGIN IMMEDIATE')
  // Asked again, since somebody else may have done it while we waited.
  const missing = forms.slice(formOf(database))
  database.exec(`${missing.join('')}; PRAGMA user_version = ${forms.length}; COMMIT`)
}

function formOf(database: Database): number {
  return Number(pragma(database, 'user_version'))
}

function pragma(database: Database, name: string): Cell {
  return Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0] ?? null
}

function assert(database: Database, name: string, wanted: Cell): void {
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

function cutOff(file: string) {
  return failure('state-failed', {
    message: `the record ${file} is empty: it was cut off`,
    hint: 'restore it from a backup; without one, move it away, and check by `sluice status` what really runs',
  })
}

let loaded: Promise<Driver> | undefined

/** Node's own where there is one that needs no flag, else the package with the same interface. */
function driver(): Promise<Driver> {
  loaded ??= load()
  return loaded
}

async function load(): Promise<Driver> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const own = major > 22 || (major === 22 && minor >= 13)
  if (!own) return await import('@photostructure/sqlite')
  return quietly(async () => (await import(OWN)) as Driver)
}

/** By a name the type checker does not look up, since the oldest Node that we support has no such module. */
const OWN: string = 'node:sqlite'

/** Node 22 says on every import that this is an experiment; the user can do nothing about it. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const warn = process.emitWarning
  process.emitWarning = () => {}
  try {
    return await work()
  } finally {
    process.emitWarning = warn
  }
}
