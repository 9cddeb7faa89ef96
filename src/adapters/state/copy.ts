import {createHash} from 'node:crypto'
import type {Failure} from '../../core/base/failure.ts'
import {failure} from '../../core/base/failure.ts'
import {by} from '../../core/base/order.ts'
import type {Result} from '../../core/base/result.ts'
import {ok} from '../../core/base/result.ts'
import type {Contents} from '../../ports/state.ts'
import {goneTo, markMoved, notMoved, SAY_SO} from './moved.ts'
import {Refused} from './refused.ts'
import type {Cell, Keeper, Row, Tables} from './tables.ts'
import {one} from './tables.ts'

/** A place for a record, with its name as people may read it. */
export interface Place {
  readonly name: string
  readonly keeper: Keeper
}

/** What is moved: the columns of each table, in an order in which what is referred to comes first. */
type Moved = Readonly<Record<string, readonly string[]>>

/** Everything of the record of rollouts but leases. */
const TABLES: Moved = {
  fence: ['environment', 'last'],
  rollout: ['environment', 'id', 'plan', 'started_at'],
  entry: ['environment', 'rollout', 'seq', 'at', 'fence', 'record'],
  request: ['environment', 'rollout', 'seq', 'id', 'request'],
  kept: ['environment', 'service', 'state', 'pool', 'since', 'rollout'],
}

/** Rows that go in one statement; no database that we know takes so many values that these are too many. */
const BATCH = 500

/**
 * Brings a whole record to another place, counts it there, and only then shuts the old one: from then on whoever still
 * asks there is told where it went. Refused while anybody holds a lease, and over a record that is in use. Until the old
 * one is shut, the new one says that the record is where it was; cut off at any point, the same call goes on.
 */
export async function move(from: Place, to: Place, what: Moved = TABLES): Promise<Result<Contents>> {
  const sent = await from.keeper.write(async source => {
    const isSent = (await goneTo(source)) === to.name
    if (isSent) await assertArriving(to, from.name)
    else await shut(source, what)
    const contents = await contentsOf(source, what)
    if (!isSent) await send(source, contents, from, to, what)
    return contents
  })
  if (!sent.ok) return sent
  const opened = await to.keeper.write(target => target.run('DELETE FROM moved'))
  return opened.ok ? ok(sent.value) : opened
}

/**
 * Before anything is read: a lease that has expired goes as well, since its holder may wake up, and has to find itself shut
 * out.
 */
async function shut(source: Tables, what: Moved): Promise<void> {
  await notMoved(source)
  if (what !== TABLES) return
  await assertFree(source)
  await source.run('DELETE FROM lease')
}

async function send(source: Tables, contents: Contents, from: Place, to: Place, what: Moved): Promise<void> {
  if (total(contents) === 0) throw new Refused(failure('not-found', {message: `there is no record in ${from.name}`}))
  valueOf(await to.keeper.write(target => fill(source, target, from, to, what)))
  const arrived = valueOf(await inventory(to.keeper, what))
  if (arrived?.digest !== contents.digest) throw new Refused(differs(to.name))
  await markMoved(source, to.name)
}

/** Somebody was cut off between shutting the one and opening the other. */
async function assertArriving({name, keeper}: Place, from: string): Promise<void> {
  const back = valueOf(await keeper.read(undefined, goneTo))
  if (back === from) return
  throw new Refused(failure('usage', {message: `the record is in ${name} already`, hint: SAY_SO}))
}

function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value
  throw new Refused(result.failure)
}

/** What is in a record. */
export function inventory(keeper: Keeper, what: Moved = TABLES): Promise<Result<Contents | undefined>> {
  return keeper.read<Contents | undefined>(undefined, tables => contentsOf(tables, what))
}

async function assertFree(tables: Tables): Promise<void> {
  const held = await one(tables, 'SELECT environment, owner FROM lease WHERE expires_at > ?', tables.now)
  if (!held) return
  const {name, host, pid} = JSON.parse(String(held['owner'])) as {name: string; host: string; pid: number}
  throw new Refused(
    failure('locked', {
      message: `${held['environment']} is held by ${name} on ${host} (pid ${pid}), so its record stays where it is`,
      hint: 'pause that rollout first, or wait for it',
    }),
  )
}

/** What stands at the target may go if it was itself moved away, and not otherwise. */
async function fill(source: Tables, target: Tables, from: Place, to: Place, what: Moved): Promise<void> {
  const isInUse = (await goneTo(target)) === undefined && total(await contentsOf(target, what)) > 0
  if (isInUse) throw new Refused(inUse(to.name))
  for (const table of Object.keys(what).reverse()) await target.run(`DELETE FROM ${table}`)
  await target.run('DELETE FROM moved')
  await markMoved(target, from.name)
  for (const [table, columns] of Object.entries(what)) {
    await copyRows(table, columns, await rowsOf(source, table, columns), target)
  }
}

async function copyRows(
  table: string,
  columns: readonly string[],
  rows: readonly Row[],
  target: Tables,
): Promise<void> {
  const marks = `(${columns.map(() => '?').join(', ')})`
  for (let first = 0; first < rows.length; first += BATCH) {
    const batch = rows.slice(first, first + BATCH)
    const values = batch.flatMap(row => columns.map((column): Cell => row[plain(column)] ?? null))
    await target.run(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${batch.map(() => marks).join(', ')}`,
      ...values,
    )
  }
}

function rowsOf(tables: Tables, table: string, columns: readonly string[]): Promise<readonly Row[]> {
  return tables.all(`SELECT ${columns.join(', ')} FROM ${table}`)
}

/** The name of a column that is a word of the language, and stands in quotes therefore. */
function plain(column: string): string {
  return column.replaceAll('"', '')
}

async function contentsOf(tables: Tables, what: Moved): Promise<Contents> {
  const hash = createHash('sha256')
  const rows: {[table: string]: number} = {}
  for (const [table, columns] of Object.entries(what)) {
    const found = await rowsOf(tables, table, columns)
    rows[table] = found.length
    // Numbers come as text from some databases, and rows in any order.
    const texts = found.map(row => JSON.stringify(columns.map(column => textOf(row[plain(column)]))))
    hash.update(table)
    for (const text of texts.sort(by(one => one))) hash.update(text)
  }
  return {rows, digest: `sha256:${hash.digest('hex')}`}
}

function textOf(cell: Cell | undefined): string | null {
  return cell === null || cell === undefined ? null : String(cell)
}

function total({rows}: Contents): number {
  return Object.values(rows).reduce((sum, count) => sum + count, 0)
}

function inUse(name: string): Failure {
  return failure('state-failed', {
    message: `there is a record in ${name} already, and it is in use`,
    hint: 'two records cannot become one: move that one away first, or name another place',
  })
}

function differs(name: string): Failure {
  return failure('state-failed', {
    message: `what arrived in ${name} is not what was sent`,
    hint: 'the old record stands as before; try again',
  })
}
