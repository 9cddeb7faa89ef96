import type {Failure} from '../../core/base/failure.ts'
import {failure} from '../../core/base/failure.ts'
import type {MaybeState} from '../../core/graph/system.ts'
import type {Plan} from '../../core/plan/plan.ts'
import type {Entry, Recorded} from '../../core/rollout/record.ts'
import type {Kept, Lease, Rollout, RolloutHead, RolloutTail, Settled} from '../../ports/state.ts'
import {lost} from './claim.ts'
import {check} from './leases.ts'
import {Refused} from './refused.ts'
import type {Cell, Row, Tables} from './tables.ts'
import {one} from './tables.ts'

export async function begin(
  tables: Tables,
  lease: Lease,
  head: RolloutHead,
  records: readonly Recorded[],
): Promise<readonly Entry[]> {
  await check(tables, lease)
  const {environment, id, plan, startedAt} = head
  const begun = await tables.run(
    'INSERT INTO rollout VALUES (?, ?, ?, ?) ON CONFLICT (environment, id) DO NOTHING',
    environment,
    id,
    JSON.stringify(plan),
    startedAt,
  )
  if (begun === 0) throw new Refused(failure('state-failed', {message: `rollout ${id} has begun already`}))
  return append(tables, lease, id, records, [])
}

/** @param after the last entry that the holder knows of; what follows it already is what was to be added, and lost its answer */
export async function append(
  tables: Tables,
  lease: Lease,
  rollout: string,
  records: readonly Recorded[],
  settled: readonly Settled[],
  after?: number,
): Promise<readonly Entry[]> {
  const {environment, fence} = lease
  const last = await lastSeq(tables, lease, rollout)
  if (after !== undefined && last !== after) return addedAfter(tables, lease, rollout, after, records)
  const entries = records.map((record, index) => ({seq: last + index + 1, at: tables.now, fence, record}))
  if (entries.length > 0) {
    const values = entries.flatMap(({seq, at, record}): Cell[] => [
      environment,
      rollout,
      seq,
      at,
      fence,
      JSON.stringify(record),
    ])
    await tables.run(`INSERT INTO entry VALUES ${entries.map(() => '(?, ?, ?, ?, ?, ?)').join(', ')}`, ...values)
  }
  for (const one of settled) await keep(tables, environment, rollout, one)
  return entries
}

/** Asked together with whether the lease still stands, since this is what a rollout waits for most often. */
async function lastSeq(tables: Tables, lease: Lease, rollout: string): Promise<number> {
  const {environment, fence} = lease
  const row = await one(
    tables,
    `SELECT (SELECT max(seq) FROM entry WHERE environment = ? AND rollout = ?) AS last
     FROM lease WHERE environment = ? AND fence = ?`,
    environment,
    rollout,
    environment,
    fence,
  )
  if (!row) throw new Refused(lost(lease))
  return Number(row['last'] ?? 0)
}

async function addedAfter(
  tables: Tables,
  {environment, fence}: Lease,
  rollout: string,
  after: number,
  records: readonly Recorded[],
): Promise<readonly Entry[]> {
  const rows = await tables.all(
    'SELECT * FROM entry WHERE environment = ? AND rollout = ? AND fence = ? AND seq > ? ORDER BY seq',
    environment,
    rollout,
    fence,
    after,
  )
  const isThat =
    rows.length === records.length && rows.every((row, at) => row['record'] === JSON.stringify(records[at]))
  if (isThat) return rows.map(entryFromRow)
  throw new Refused(
    failure('state-failed', {
      message: `the record of rollout ${rollout} goes on after entry ${after} with what its holder did not write`,
      hint: 'somebody has changed it by hand: see `sluice rollout show`',
    }),
  )
}

async function keep(tables: Tables, environment: string, rollout: string, settled: Settled): Promise<void> {
  const state = settled.state === null ? null : JSON.stringify(settled.state)
  await tables.run(
    `INSERT INTO kept VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (environment, service) DO UPDATE
     SET state = excluded.state, pool = excluded.pool, since = excluded.since,
     rollout = CASE WHEN kept.state = excluded.state THEN kept.rollout ELSE excluded.rollout END`,
    environment,
    settled.service,
    state,
    settled.pool,
    tables.now,
    rollout,
  )
}

export async function load(tables: Tables, environment: string, id: string): Promise<Rollout | undefined> {
  if (id === 'latest') return (await list(tables, environment, 1))[0]
  const rows = await tables.all('SELECT * FROM rollout WHERE environment = ? AND id = ?', environment, id)
  return (await withEntries(tables, environment, rows))[0]
}

export async function list(tables: Tables, environment: string, limit: number): Promise<readonly Rollout[]> {
  const rows = await tables.all(
    `SELECT * FROM rollout WHERE environment = ? ${NEWEST_FIRST} LIMIT ?`,
    environment,
    limit,
  )
  return withEntries(tables, environment, rows)
}

export async function head(tables: Tables, environment: string, id: string): Promise<RolloutHead | undefined> {
  const row = await one(tables, 'SELECT * FROM rollout WHERE environment = ? AND id = ?', environment, id)
  return row && headFromRow(row)
}

/** The last entry is found by the key of its table, so the entries before it are not looked at. */
export async function tails(tables: Tables, environment: string, limit: number): Promise<readonly RolloutTail[]> {
  const rows = await tables.all(
    `SELECT id, started_at, seq, at, fence, record FROM (
       SELECT environment, id, started_at, (
         SELECT max(seq) FROM entry WHERE entry.environment = rollout.environment AND entry.rollout = rollout.id
       ) AS last FROM rollout WHERE environment = ? ${NEWEST_FIRST} LIMIT ?
     ) AS head
     JOIN entry ON entry.environment = head.environment AND entry.rollout = head.id AND entry.seq = head.last ${NEWEST_FIRST}`,
    environment,
    limit,
  )
  return rows.map(row => ({id: String(row['id']), startedAt: Number(row['started_at']), last: entryFromRow(row)}))
}

export async function later(tables: Tables, environment: string, id: string, seq: number): Promise<readonly Entry[]> {
  const rows = await tables.all(
    'SELECT * FROM entry WHERE environment = ? AND rollout = ? AND seq > ? ORDER BY seq',
    environment,
    id,
    seq,
  )
  return rows.map(entryFromRow)
}

export async function newest(tables: Tables, environment: string): Promise<string | undefined> {
  const row = await one(tables, `SELECT id FROM rollout WHERE environment = ? ${NEWEST_FIRST} LIMIT 1`, environment)
  return row && String(row['id'])
}

const NEWEST_FIRST = 'ORDER BY started_at DESC, id DESC'

export function unknown(environment: string, id: string): Failure {
  return failure('not-found', {
    message:
      id === 'latest' ? `there is no rollout of ${environment} yet` : `there is no rollout ${id} of ${environment}`,
    hint: 'see `sluice rollout list`',
  })
}

export async function kept(tables: Tables, environment: string): Promise<readonly Kept[]> {
  const rows = await tables.all('SELECT * FROM kept WHERE environment = ? ORDER BY service', environment)
  return rows.map(row => ({
    service: String(row['service']),
    state: row['state'] === null ? null : (JSON.parse(String(row['state'])) as MaybeState),
    pool: row['pool'] === null ? null : String(row['pool']),
    since: Number(row['since']),
    rollout: String(row['rollout']),
  }))
}

async function withEntries(tables: Tables, environment: string, heads: readonly Row[]): Promise<readonly Rollout[]> {
  if (heads.length === 0) return []
  const ids = heads.map(head => String(head['id']))
  const rows = await tables.all(
    `SELECT * FROM entry WHERE environment = ? AND rollout IN (${ids.map(() => '?').join(', ')}) ORDER BY rollout, seq`,
    environment,
    ...ids,
  )
  const byRollout = new Map<string, Entry[]>(ids.map(id => [id, []]))
  for (const row of rows) byRollout.get(String(row['rollout']))?.push(entryFromRow(row))
  return heads.map(head => fromRow(head, byRollout.get(String(head['id'])) ?? []))
}

function fromRow(row: Row, entries: readonly Entry[]): Rollout {
  const found = headFromRow(row)
  assertWhole(found.id, entries)
  return {...found, entries}
}

function headFromRow(row: Row): RolloutHead {
  const [environment, id] = [String(row['environment']), String(row['id'])]
  const plan = JSON.parse(String(row['plan'])) as Plan
  return {environment, id, plan, startedAt: Number(row['started_at'])}
}

function entryFromRow(row: Row): Entry {
  return {
    seq: Number(row['seq']),
    at: Number(row['at']),
    fence: Number(row['fence']),
    record: JSON.parse(String(row['record'])) as Recorded,
  }
}

/** A record with a hole may have lost the decision that matters: better to stop than to go on from a false past. */
function assertWhole(id: string, entries: readonly Entry[]): void {
  const hole = entries.findIndex((entry, index) => entry.seq !== index + 1)
  if (hole < 0) return
  throw new Refused(
    failure('state-failed', {
      message: `the record of rollout ${id} has no entry ${hole + 1}`,
      hint: 'restore it from a backup; what really runs is shown by `sluice status`',
    }),
  )
}
