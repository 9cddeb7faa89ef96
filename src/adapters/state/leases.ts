import type {Instant} from '../../core/base/units.ts'
import type {Who} from '../../core/rollout/record.ts'
import type {Claim, Lease} from '../../ports/state.ts'
import {contested} from '../../ports/state.ts'
import {lost, refused} from './claim.ts'
import type {Database, Row} from './database.ts'
import {Refused} from './refused.ts'

export function acquire(database: Database, claim: Claim, now: Instant): Lease {
  if (claim.takeover !== undefined) takeAway(database, claim.environment, claim.takeover)
  const others = all(database, claim.environment)
  const refusal = refused(claim, others, now)
  if (refusal) throw new Refused(refusal)
  // What expired and stands in the way is gone for good now: its holder may wake up and finds itself shut out.
  for (const lease of others) if (contested(claim, lease) !== undefined) release(database, lease)
  return insert(database, claim, nextFence(database, claim.environment), now)
}

function takeAway(database: Database, environment: string, fence: number): void {
  const lease = all(database, environment).find(held => held.fence === fence)
  if (!lease) throw new Refused(gone(environment, fence))
  release(database, lease)
}

function gone(environment: string, fence: number) {
  return {
    code: 'locked',
    message: `there is no lock number ${fence} on ${environment} any more, so it cannot be taken over`,
    hint: 'look again who holds it now',
  } as const
}

function nextFence(database: Database, environment: string): number {
  const row = database
    .prepare(
      'INSERT INTO fence (environment, last) VALUES (?, 1) ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last',
    )
    .get(environment)
  return Number(row?.['last'])
}

function insert(database: Database, claim: Claim, fence: number, now: Instant): Lease {
  const {environment, owner, reason, moves, touches} = claim
  const lease = {environment, fence, owner, reason, moves, touches, since: now, expiresAt: now + claim.ttlMs}
  database
    .prepare('INSERT INTO lease VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
    .run(
      environment,
      fence,
      JSON.stringify(owner),
      reason,
      JSON.stringify(moves),
      JSON.stringify(touches),
      now,
      lease.expiresAt,
    )
  return lease
}

export function renew(database: Database, lease: Lease, expiresAt: Instant): Lease {
  const {changes} = database
    .prepare('UPDATE lease SET expires_at = ? WHERE environment = ? AND fence = ?')
    .run(expiresAt, lease.environment, lease.fence)
  if (Number(changes) === 0) throw new Refused(lost(lease))
  return {...lease, expiresAt}
}

export function release(database: Database, lease: Lease): void {
  database.prepare('DELETE FROM lease WHERE environment = ? AND fence = ?').run(lease.environment, lease.fence)
}

/** Refuses to go on in a transaction whose lease is gone. */
export function check(database: Database, lease: Lease): void {
  const row = database
    .prepare('SELECT 1 FROM lease WHERE environment = ? AND fence = ?')
    .get(lease.environment, lease.fence)
  if (!row) throw new Refused(lost(lease))
}

export function all(database: Database, environment: string): Lease[] {
  return database.prepare('SELECT * FROM lease WHERE environment = ? ORDER BY fence').all(environment).map(fromRow)
}

function fromRow(row: Row): Lease {
  return {
    environment: String(row['environment']),
    fence: Number(row['fence']),
    owner: JSON.parse(String(row['owner'])) as Who,
    reason: String(row['reason']),
    moves: JSON.parse(String(row['moves'])) as string[],
    touches: JSON.parse(String(row['touches'])) as string[],
    since: Number(row['since']),
    expiresAt: Number(row['expires_at']),
  }
}
