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

/** Everything but leases, in an order in which what is referred to comes first. */
const TABLES = {
  fence: ['environment', 'last'],
  rollout: ['environment', 'id', 'plan', 'started_at'],
  entry: ['environment', 'rollout', 'seq', 'at', 'fence', 'record'],
  request: ['environment', 'rollout', 'seq', 'id', 'request'],
  kept: ['environment', 'service', 'state', 'pool', 'since', 'rollout'],
} as const

type Table = keyof typeof TABLES

/** Rows that go in one statement; no database that we know takes so many values that these are too many. */
const BATCH = 500

/**
 * Brings a whole record to another place, counts it there, and only then shuts the old one: from then on whoever still
 * asks there is told where it went. Refused while anybody holds a lease, and over a record that is in use. Until the old
 * one is shut, the new one says that the record is where it was; cut off at any point, the same call goes on.
 */
export async function move(from: Place, to: Place): Promise<Result<Contents>> {
  const sent = await from.keeper.write(async source => {
    const isSent = (await goneTo(source)) === to.name
    if (isSent) await assertArriving(to, from.name)
    else await shut(source)
    const contents = await contentsOf(source)
    if (!isSent) await send(source, contents, from, to)
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
async function shut(source: Tables): Promise<void> {
  await notMoved(source)
  await assertFree(source)
  await source.run('DELETE FROM lease')
}

async function send(source: Tables, contents: Contents, from: Place, to: Place): Promise<void> {
  if (total(contents) === 0) throw new Refused(failure('not-found', {message: `there is no record in ${from.name}`}))
  valueOf(await to.keeper.write(target => fill(source, target, from, to)))
  const arrived = valueOf(await inventory(to.keeper))
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
export function inventory(keeper: Keeper): Promise<Result<Contents | undefined>> {
  return keeper.read<Contents | undefined>(undefined, contentsOf)
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
async function fill(source: Tables, target: Tables, from: Place, to: Place): Promise<void> {
  const isInUse = (await goneTo(target)) === undefined && total(await contentsOf(target)) > 0
  if (isInUse) throw new Refused(inUse(to.name))
  for (const table of [...TABLE_NAMES].reverse()) await target.run(`DELETE FROM ${table}`)
  await target.run('DELETE FROM moved')
  await markMoved(target, from.name)
  for (const table of TABLE_NAMES) await copyRows(table, await rowsOf(source, table), target)
}

async function copyRows(table: Table, rows: readonly Row[], target: Tables): Promise<void> {
  const columns = TABLES[table]
  const marks = `(${columns.map(() => '?').join(', ')})`
  for (let first = 0; first < rows.length; first += BATCH) {
    const batch = rows.slice(first, first + BATCH)
    const values = batch.flatMap(row => columns.map((column): Cell => row[column] ?? null))
    await target.run(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${batch.map(() => marks).join(', ')}`,
      ...values,
    )
  }
}

const TABLE_NAMES = Object.keys(TABLES) as readonly Table[]

function rowsOf(tables: Tables, table: Table): Promise<readonly Row[]> {
  return tables.all(`SELECT ${TABLES[table].join(', ')} FROM ${table}`)
}

async function contentsOf(tables: Tables): Promise<Contents> {
  const hash = createHash('sha256')
  const rows: {[table: string]: number} = {}
  for (const table of TABLE_NAMES) {
    const found = await rowsOf(tables, table)
    rows[table] = found.length
    // Numbers come as text from some databases, and rows in any order.
    const texts = found.map(row => JSON.stringify(TABLES[table].map(column => textOf(row[column]))))
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
