import {failure} from '../../../core/base/failure.ts'
import {overflowGaps, type Batch, type Cursor} from '../../../core/usage/batch.ts'
import type {Gap} from '../../../core/usage/coverage.ts'
import {OVERFLOW} from '../../../core/usage/identity.ts'
import type {Row} from '../../../core/usage/tally.ts'
import {Refused} from '../../state/refused.ts'
import {one, type Cell, type Tables} from '../../state/tables.ts'
import {numbersOf, OVERFLOW_ID} from './clients.ts'
import {comparedFrom} from '../../../core/usage/compared.ts'
import {cursorOf, NONE} from './look.ts'

/** Rows that go in one statement. */
const TOGETHER = 500

/** Writes a batch into the tables, and the position that belongs to it. */
export async function commit(tables: Tables, environment: string, batch: Batch): Promise<void> {
  const {source, lines, stretch} = batch
  if (batch.file) await moveOn(tables, environment, source, batch.file)
  if (batch.cursor) await moveCursor(tables, environment, source, batch.cursor)
  const numberOf = await numbersOf(
    tables,
    batch.rows.map(({client}) => client),
  )
  const rows = batch.rows.map(row => ({row, client: numberOf(row.client)}))
  await addCalls(tables, environment, source, rows)
  await tables.run(
    `INSERT INTO source VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (environment, name) DO UPDATE SET
     read = source.read + excluded.read, matched = source.matched + excluded.matched,
     unparsed = source.unparsed + excluded.unparsed, notices = source.notices + excluded.notices`,
    environment,
    source,
    lines.read,
    lines.matched,
    lines.unparsed,
    lines.notices,
  )
  if (stretch) {
    await tables.run(
      `INSERT INTO stretch VALUES (?, ?, ?, ?, ?) ON CONFLICT (environment, source, run) DO UPDATE SET
       ${lower('stretch', 'start')}, ${higher('stretch', 'stop')}`,
      environment,
      source,
      stretch.run,
      stretch.from,
      stretch.to,
    )
  }
  const beyond = rows.filter(({row, client}) => client === OVERFLOW_ID && row.client.kind !== 'overflow')
  const overflowing = beyond.map(({row}) => ({...row, client: OVERFLOW}))
  for (const gap of [...batch.gaps, ...overflowGaps([...batch.rows, ...overflowing])])
    await addGap(tables, environment, source, gap)
}

/** Databases have different words for the lower of two. */
function lower(table: string, column: string): string {
  return `${column} = CASE WHEN excluded.${column} < ${table}.${column} THEN excluded.${column} ELSE ${table}.${column} END`
}

function higher(table: string, column: string): string {
  return lower(table, column).replace('<', '>')
}

interface Numbered {
  readonly row: Row
  readonly client: number
}

async function addCalls(
  tables: Tables,
  environment: string,
  source: string,
  numbered: readonly Numbered[],
): Promise<void> {
  const rows = merged(numbered)
  for (let first = 0; first < rows.length; first += TOGETHER) {
    const some = rows.slice(first, first + TOGETHER)
    const values = some.flatMap(({row, client}): Cell[] => {
      const {contract, major, minor, hour, calls, errors, first: from, last} = row
      return [environment, contract, major ?? NONE, minor ?? NONE, client, hour, calls, errors, from, last]
    })
    await tables.run(
      `INSERT INTO call VALUES ${some.map(() => '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}
       ON CONFLICT (environment, contract, major, minor, client, hour) DO UPDATE SET calls = call.calls + excluded.calls,
       errors = call.errors + excluded.errors, ${lower('call', 'first')}, ${higher('call', 'last')}`,
      ...values,
    )
  }
  for (const contract of new Set(rows.map(({row}) => row.contract)))
    await tables.run('INSERT INTO shown VALUES (?, ?, ?) ON CONFLICT DO NOTHING', environment, source, contract)
}

/** Those who are counted together are one row, since one statement may change a row only once. */
function merged(rows: readonly Numbered[]): readonly Numbered[] {
  const all = new Map<string, Numbered>()
  for (const {row, client} of rows) {
    const key = [row.contract, row.major, row.minor, client, row.hour].join(' ')
    const before = all.get(key)
    all.set(key, before ? {row: summed(before.row, row), client} : {row, client})
  }
  return [...all.values()]
}

function summed(a: Row, b: Row): Row {
  return {
    ...a,
    calls: a.calls + b.calls,
    errors: a.errors + b.errors,
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
  }
}

async function addGap(tables: Tables, environment: string, source: string, {from, to, reason}: Gap): Promise<void> {
  await tables.run(
    'INSERT INTO gap VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    environment,
    source,
    from,
    to,
    reason,
  )
}

/** The position moves from where the batch began, and from nowhere else: a line is never counted twice. */
async function moveOn(
  tables: Tables,
  environment: string,
  source: string,
  {mark, from, to}: NonNullable<Batch['file']>,
): Promise<void> {
  const known = await one(
    tables,
    'SELECT "offset" FROM file WHERE environment = ? AND digest = ?',
    environment,
    mark.digest,
  )
  if (Number(known?.['offset'] ?? 0) !== from) throw new Refused(alsoRead(source))
  await tables.run(
    'INSERT INTO file VALUES (?, ?, ?, ?, ?) ON CONFLICT (environment, digest) DO UPDATE SET "offset" = excluded."offset"',
    environment,
    mark.digest,
    mark.length,
    source,
    to,
  )
}

async function moveCursor(
  tables: Tables,
  environment: string,
  source: string,
  {from, to, of = source}: Cursor,
): Promise<void> {
  if ((await cursorOf(tables, environment, of)) !== from) throw new Refused(alsoRead(source))
  await tables.run(
    'INSERT INTO cursor VALUES (?, ?, ?) ON CONFLICT (environment, source) DO UPDATE SET text = excluded.text',
    environment,
    of,
    to,
  )
}

function alsoRead(source: string) {
  const message = `another sluice reads ${source} at the same time`
  return failure('locked', {message, hint: 'let one of them read it; what that one has counted stays'})
}

export async function forget(tables: Tables, environment: string, source: string): Promise<void> {
  await tables.run('DELETE FROM source WHERE environment = ? AND name = ?', environment, source)
  const cursor = await cursorOf(tables, environment, source)
  // How far counters were counted stays, as their calls do: who names the source again counts them no second time.
  const stays = cursor !== null && comparedFrom(cursor) === undefined
  for (const table of ['shown', 'stretch', 'gap', ...(stays ? [] : ['cursor'])])
    await tables.run(`DELETE FROM ${table} WHERE environment = ? AND source = ?`, environment, source)
}
