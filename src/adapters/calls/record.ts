import type {Result} from '../../core/base/result.ts'
import type {Instant} from '../../core/base/units.ts'
import type {Gap, SourceRecord} from '../../core/usage/coverage.ts'
import {comparedFrom, sumsOf} from '../../core/usage/compared.ts'
import {overflowGaps, type Batch, type Cursor, type FileMark} from '../../core/usage/batch.ts'
import {OVERFLOW, type Client} from '../../core/usage/identity.ts'
import {HOUR_MS, type Row} from '../../core/usage/tally.ts'
import {DAY_MS, type DayCount, type Recorded, type Total} from '../../core/usage/used.ts'
import {accessTo} from '../state/access.ts'
import type {Database} from '../state/database.ts'
import type {Row as Cells} from '../state/tables.ts'
import {Refused} from '../state/refused.ts'
import {failure} from '../../core/base/failure.ts'

/** Where calls are written down, for one environment. */
export interface UsageRecord {
  /** Writes a batch, all of it or nothing. Refused where somebody else has read on in the same file. */
  commit(batch: Batch): Promise<Result<void>>
  /** The files that were read, with how far. */
  files(): Promise<Result<readonly KnownFile[]>>
  /** What a source was left with: the snapshot of its counters, or what its lines are compared with. */
  cursor(source: string): Promise<Result<string | null>>
  /** What was recorded since an hour, or all of it. */
  recorded(since?: Instant): Promise<Result<Recorded>>
  /** Forgets that there was such a source, so that nobody waits for it any more; its calls stay. */
  forget(source: string): Promise<Result<void>>
  close(): Promise<void>
}

export interface KnownFile {
  readonly mark: FileMark
  readonly source: string
  /** Bytes that were read. */
  readonly offset: number
}

/** Names beyond this number are counted together. */
const MAX_CLIENTS = 50_000
/** Stands in the table for "no version", and for "no minor". */
const NONE = -1

const SCHEMA = `
CREATE TABLE client (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (kind, name)) STRICT;

CREATE TABLE call (
  environment TEXT NOT NULL,
  contract TEXT NOT NULL,
  major INTEGER NOT NULL,
  minor INTEGER NOT NULL,
  client INTEGER NOT NULL REFERENCES client,
  hour INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (environment, contract, major, minor, client, hour)
) STRICT, WITHOUT ROWID;

CREATE TABLE source (
  environment TEXT NOT NULL,
  name TEXT NOT NULL,
  read INTEGER NOT NULL,
  matched INTEGER NOT NULL,
  unparsed INTEGER NOT NULL,
  notices INTEGER NOT NULL,
  PRIMARY KEY (environment, name)
) STRICT;

CREATE TABLE shown (
  environment TEXT NOT NULL,
  source TEXT NOT NULL,
  contract TEXT NOT NULL,
  PRIMARY KEY (environment, source, contract)
) STRICT, WITHOUT ROWID;

CREATE TABLE file (
  environment TEXT NOT NULL,
  digest TEXT NOT NULL,
  length INTEGER NOT NULL,
  source TEXT NOT NULL,
  offset INTEGER NOT NULL,
  PRIMARY KEY (environment, digest)
) STRICT;

CREATE TABLE cursor (
  environment TEXT NOT NULL,
  source TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (environment, source)
) STRICT;

CREATE TABLE stretch (
  environment TEXT NOT NULL,
  source TEXT NOT NULL,
  run TEXT NOT NULL,
  start INTEGER NOT NULL,
  stop INTEGER NOT NULL,
  PRIMARY KEY (environment, source, run)
) STRICT;

CREATE TABLE gap (
  environment TEXT NOT NULL,
  source TEXT NOT NULL,
  start INTEGER NOT NULL,
  stop INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (environment, source, start, stop, reason)
) STRICT;
`

/** @param path absolute path of the file, which is not the one that rollouts are recorded in */
export function usageRecord(path: string, environment: string): UsageRecord {
  const {read, write, close} = accessTo(path, [SCHEMA])
  return {
    commit: batch => write(database => commit(database, environment, batch)),
    files: () => read([], database => filesOf(database, environment)),
    cursor: source => read(null, database => cursorOf(database, environment, source)),
    recorded: since =>
      read({totals: [], days: [], sources: []}, database => recordedOf(database, environment, since ?? 0)),
    forget: source => write(database => forget(database, environment, source)),
    close,
  }
}

function commit(database: Database, environment: string, batch: Batch): void {
  const {source, lines, stretch, file} = batch
  if (file) moveOn(database, environment, batch)
  if (batch.cursor) moveCursor(database, environment, source, batch.cursor)
  const rows = batch.rows.map(row => ({row, client: clientId(database, row.client)}))
  const overflow = rows.filter(({row, client}) => client === OVERFLOW_ID && row.client.kind !== 'overflow')
  addCalls(database, environment, source, rows)
  database
    .prepare(
      `INSERT INTO source VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET read = read + excluded.read,
       matched = matched + excluded.matched, unparsed = unparsed + excluded.unparsed, notices = notices + excluded.notices`,
    )
    .run(environment, source, lines.read, lines.matched, lines.unparsed, lines.notices)
  if (stretch) {
    database
      .prepare(
        'INSERT INTO stretch VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET start = min(start, excluded.start), stop = max(stop, excluded.stop)',
      )
      .run(environment, source, stretch.run, stretch.from, stretch.to)
  }
  const beyond = overflow.map(({row}) => ({...row, client: OVERFLOW}))
  for (const gap of [...batch.gaps, ...overflowGaps([...batch.rows, ...beyond])])
    addGap(database, environment, source, gap)
}

function addCalls(
  database: Database,
  environment: string,
  source: string,
  rows: readonly {row: Row; client: number}[],
): void {
  const add = database.prepare(
    `INSERT INTO call VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET calls = calls + excluded.calls,
     errors = errors + excluded.errors, first = min(first, excluded.first), last = max(last, excluded.last)`,
  )
  for (const {row, client} of rows) {
    const {contract, major, minor, hour, calls, errors, first, last} = row
    add.run(environment, contract, major ?? NONE, minor ?? NONE, client, hour, calls, errors, first, last)
  }
  const show = database.prepare('INSERT INTO shown VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
  for (const contract of new Set(rows.map(({row}) => row.contract))) show.run(environment, source, contract)
}

function addGap(database: Database, environment: string, source: string, {from, to, reason}: Gap): void {
  database
    .prepare('INSERT INTO gap VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
    .run(environment, source, from, to, reason)
}

const OVERFLOW_ID = 0

function clientId(database: Database, {kind, name}: Client): number {
  const known = database.prepare('SELECT id FROM client WHERE kind = ? AND name = ?').get(kind, name)
  if (known) return Number(known['id'])
  const count = Number(database.prepare('SELECT count(*) AS count FROM client').get()?.['count'])
  if (count === 0)
    database.prepare('INSERT INTO client VALUES (?, ?, ?)').run(OVERFLOW_ID, OVERFLOW.kind, OVERFLOW.name)
  if (kind === 'overflow' || count > MAX_CLIENTS) return OVERFLOW_ID
  return Number(database.prepare('INSERT INTO client (kind, name) VALUES (?, ?) RETURNING id').get(kind, name)?.['id'])
}

/** The position moves from where the batch began, and from nowhere else: a line is never counted twice. */
function moveOn(database: Database, environment: string, {source, file}: Batch): void {
  const {mark, from, to} = file!
  const known = database
    .prepare('SELECT offset FROM file WHERE environment = ? AND digest = ?')
    .get(environment, mark.digest)
  if (Number(known?.['offset'] ?? 0) !== from) {
    throw new Refused(alsoRead(source))
  }
  database
    .prepare('INSERT INTO file VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET offset = excluded.offset')
    .run(environment, mark.digest, mark.length, source, to)
}

function cursorOf(database: Database, environment: string, source: string): string | null {
  const row = database.prepare('SELECT text FROM cursor WHERE environment = ? AND source = ?').get(environment, source)
  return row ? String(row['text']) : null
}

function moveCursor(database: Database, environment: string, source: string, {from, to}: Cursor): void {
  if (cursorOf(database, environment, source) !== from) throw new Refused(alsoRead(source))
  database
    .prepare('INSERT INTO cursor VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET text = excluded.text')
    .run(environment, source, to)
}

function alsoRead(source: string) {
  const message = `another sluice reads ${source} at the same time`
  return failure('locked', {message, hint: 'let one of them read it; what that one has counted stays'})
}

function filesOf(database: Database, environment: string): readonly KnownFile[] {
  const rows = database.prepare('SELECT * FROM file WHERE environment = ? ORDER BY offset DESC').all(environment)
  return rows.map(row => ({
    mark: {digest: String(row['digest']), length: Number(row['length'])},
    source: String(row['source']),
    offset: Number(row['offset']),
  }))
}

function forget(database: Database, environment: string, source: string): void {
  database.prepare('DELETE FROM source WHERE environment = ? AND name = ?').run(environment, source)
  for (const table of ['shown', 'stretch', 'gap', 'cursor']) {
    database.prepare(`DELETE FROM ${table} WHERE environment = ? AND source = ?`).run(environment, source)
  }
}

function recordedOf(database: Database, environment: string, since: Instant): Recorded {
  const hour = Math.floor(since / HOUR_MS)
  const totals = database
    .prepare(
      `SELECT contract, major, minor, kind, name, sum(calls) AS calls, sum(errors) AS errors, min(first) AS first, max(last) AS last
       FROM call JOIN client ON client = id WHERE environment = ? AND hour >= ? GROUP BY contract, major, minor, client`,
    )
    .all(environment, hour)
  const days = database
    .prepare(
      'SELECT contract, major, hour / 24 AS day, sum(calls) AS calls FROM call WHERE environment = ? AND hour >= ? GROUP BY contract, major, day',
    )
    .all(environment, hour)
  return {totals: totals.map(totalOf), days: days.map(dayOf), sources: sourcesOf(database, environment)}
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

function comparedOf(database: Database, environment: string, source: string): Pick<SourceRecord, 'compared'> {
  const text = cursorOf(database, environment, source)
  const compared = text === null ? undefined : comparedFrom(text)
  return compared ? {compared: sumsOf(compared)} : {}
}

function sourcesOf(database: Database, environment: string): readonly SourceRecord[] {
  const of = (table: string, source: string) =>
    database.prepare(`SELECT * FROM ${table} WHERE environment = ? AND source = ?`).all(environment, source)
  const stretch = (row: Cells) => ({from: Number(row['start']), to: Number(row['stop'])})
  return database
    .prepare('SELECT * FROM source WHERE environment = ? ORDER BY name')
    .all(environment)
    .map(row => {
      const name = String(row['name'])
      const count = (column: string) => Number(row[column])
      return {
        name,
        stretches: of('stretch', name).map(stretch),
        gaps: of('gap', name).map(gap => ({...stretch(gap), reason: String(gap['reason'])})),
        contracts: of('shown', name).map(shown => String(shown['contract'])),
        lines: {read: count('read'), matched: count('matched'), unparsed: count('unparsed'), notices: count('notices')},
        ...comparedOf(database, environment, name),
      }
    })
}
