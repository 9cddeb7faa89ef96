import {comparedFrom, sumsOf} from '../../../core/usage/compared.ts'
import type {Instant} from '../../../core/base/units.ts'
import type {KnownFile} from '../../../core/usage/batch.ts'
import type {SourceRecord} from '../../../core/usage/coverage.ts'
import type {Client} from '../../../core/usage/identity.ts'
import {HOUR_MS} from '../../../core/usage/tally.ts'
import {DAY_MS, type DayCount, type Recorded, type Total} from '../../../core/usage/used.ts'
import {one, type Row as Cells, type Tables} from '../../state/tables.ts'

/** Stands in the table for "no version", and for "no minor". */
export const NONE = -1

export async function cursorOf(tables: Tables, environment: string, source: string): Promise<string | null> {
  const row = await one(tables, 'SELECT text FROM cursor WHERE environment = ? AND source = ?', environment, source)
  return row ? String(row['text']) : null
}

export async function filesOf(tables: Tables, environment: string): Promise<readonly KnownFile[]> {
  const rows = await tables.all('SELECT * FROM file WHERE environment = ? ORDER BY "offset" DESC', environment)
  return rows.map(row => ({
    mark: {digest: String(row['digest']), length: Number(row['length'])},
    source: String(row['source']),
    offset: Number(row['offset']),
  }))
}

export async function recordedOf(tables: Tables, environment: string, since: Instant): Promise<Recorded> {
  const hour = Math.floor(since / HOUR_MS)
  const totals = await tables.all(
    `SELECT contract, major, minor, kind, name, sum(calls) AS calls, sum(errors) AS errors, min(first) AS first, max(last) AS last
     FROM call JOIN client ON client = id WHERE environment = ? AND hour >= ? GROUP BY contract, major, minor, id, kind, name`,
    environment,
    hour,
  )
  const days = await tables.all(
    `SELECT contract, major, hour / 24 AS day, sum(calls) AS calls FROM call WHERE environment = ? AND hour >= ?
     GROUP BY contract, major, hour / 24`,
    environment,
    hour,
  )
  return {totals: totals.map(totalOf), days: days.map(dayOf), sources: await sourcesOf(tables, environment)}
}

function orNull(cell: Cells[string] | undefined): number | null {
  return Number(cell) === NONE ? null : Number(cell)
}

function totalOf(row: Cells): Total {
  return {
    contract: String(row['contract']),
    major: orNull(row['major']),
    minor: orNull(row['minor']),
    client: {kind: String(row['kind']) as Client['kind'], name: String(row['name'])},
    calls: Number(row['calls']),
    errors: Number(row['errors']),
    first: Number(row['first']),
    last: Number(row['last']),
  }
}

function dayOf(row: Cells): DayCount {
  const {contract, major, day, calls} = row
  return {contract: String(contract), major: orNull(major), day: Number(day) * DAY_MS, calls: Number(calls)}
}

async function sourcesOf(tables: Tables, environment: string): Promise<readonly SourceRecord[]> {
  const of = (table: string, source: string) =>
    tables.all(`SELECT * FROM ${table} WHERE environment = ? AND source = ?`, environment, source)
  const stretch = (row: Cells) => ({from: Number(row['start']), to: Number(row['stop'])})
  const rows = await tables.all('SELECT * FROM source WHERE environment = ? ORDER BY name', environment)
  const sources: SourceRecord[] = []
  for (const row of rows) {
    const name = String(row['name'])
    const count = (column: string) => Number(row[column])
    sources.push({
      name,
      stretches: (await of('stretch', name)).map(stretch),
      gaps: (await of('gap', name)).map(gap => ({...stretch(gap), reason: String(gap['reason'])})),
      contracts: (await of('shown', name)).map(shown => String(shown['contract'])),
      lines: {read: count('read'), matched: count('matched'), unparsed: count('unparsed'), notices: count('notices')},
      ...(await comparedOf(tables, environment, name)),
    })
  }
  return sources
}

async function comparedOf(
  tables: Tables,
  environment: string,
  source: string,
): Promise<Pick<SourceRecord, 'compared'>> {
  const text = await cursorOf(tables, environment, source)
  const compared = text === null ? undefined : comparedFrom(text)
  return compared ? {compared: sumsOf(compared)} : {}
}
