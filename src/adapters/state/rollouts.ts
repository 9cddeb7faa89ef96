import type {Failure} from '../../core/base/failure.ts'
import {failure} from '../../core/base/failure.ts'
import type {Instant} from '../../core/base/units.ts'
import type {MaybeState} from '../../core/graph/system.ts'
import type {Plan} from '../../core/plan/plan.ts'
import type {Entry, Recorded} from '../../core/rollout/record.ts'
import type {Kept, Lease, Rollout, RolloutHead, Settled} from '../../ports/state.ts'
import type {Database, Row} from './database.ts'
import {check} from './leases.ts'
import {Refused} from './refused.ts'

export function begin(
  database: Database,
  lease: Lease,
  head: RolloutHead,
  records: readonly Recorded[],
  now: Instant,
): readonly Entry[] {
  check(database, lease)
  database
    .prepare('INSERT INTO rollout VALUES (?, ?, ?, ?)')
    .run(head.environment, head.id, JSON.stringify(head.plan), head.startedAt)
  return append(database, lease, head.id, records, [], now)
}

export function append(
  database: Database,
  lease: Lease,
  rollout: string,
  records: readonly Recorded[],
  settled: readonly Settled[],
  now: Instant,
): readonly Entry[] {
  check(database, lease)
  const {environment, fence} = lease
  const first = lastSeq(database, environment, rollout) + 1
  const entries = records.map((record, index) => ({seq: first + index, at: now, fence, record}))
  const insert = database.prepare('INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)')
  for (const {seq, record} of entries) insert.run(environment, rollout, seq, now, fence, JSON.stringify(record))
  for (const one of settled) keep(database, environment, rollout, one, now)
  return entries
}

function lastSeq(database: Database, environment: string, rollout: string): number {
  const row = database
    .prepare('SELECT max(seq) AS last FROM entry WHERE environment = ? AND rollout = ?')
    .get(environment, rollout)
  return Number(row?.['last'] ?? 0)
}

function keep(database: Database, environment: string, rollout: string, settled: Settled, now: Instant): void {
  const state = settled.state === null ? null : JSON.stringify(settled.state)
  database
    .prepare(
      `INSERT INTO kept VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
       SET state = excluded.state, pool = excluded.pool, since = excluded.since, rollout = excluded.rollout`,
    )
    .run(environment, settled.service, state, settled.pool, now, rollout)
}

export function load(database: Database, environment: string, id: string): Rollout | undefined {
  const row =
    id === 'latest'
      ? database
          .prepare('SELECT * FROM rollout WHERE environment = ? ORDER BY started_at DESC, id DESC LIMIT 1')
          .get(environment)
      : database.prepare('SELECT * FROM rollout WHERE environment = ? AND id = ?').get(environment, id)
  return row && fromRow(database, row)
}

export function list(database: Database, environment: string, limit: number): Rollout[] {
  return database
    .prepare('SELECT * FROM rollout WHERE environment = ? ORDER BY started_at DESC, id DESC LIMIT ?')
    .all(environment, limit)
    .map(row => fromRow(database, row))
}

export function unknown(environment: string, id: string): Failure {
  return failure('not-found', {
    message:
      id === 'latest' ? `there is no rollout of ${environment} yet` : `there is no rollout ${id} of ${environment}`,
    hint: 'see `sluice rollout list`',
  })
}

export function kept(database: Database, environment: string): Kept[] {
  return database
    .prepare('SELECT * FROM kept WHERE environment = ? ORDER BY service')
    .all(environment)
    .map(row => ({
      service: String(row['service']),
      state: row['state'] === null ? null : (JSON.parse(String(row['state'])) as MaybeState),
      pool: row['pool'] === null ? null : String(row['pool']),
      since: Number(row['since']),
      rollout: String(row['rollout']),
    }))
}

function fromRow(database: Database, row: Row): Rollout {
  const [environment, id] = [String(row['environment']), String(row['id'])]
  const entries = database
    .prepare('SELECT * FROM entry WHERE environment = ? AND rollout = ? ORDER BY seq')
    .all(environment, id)
    .map(entryFromRow)
  assertWhole(id, entries)
  const plan = JSON.parse(String(row['plan'])) as Plan
  return {environment, id, plan, startedAt: Number(row['started_at']), entries}
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
