import type {Instant} from '../../core/base/units.ts'
import type {Who} from '../../core/rollout/record.ts'
import type {Claim, Lease} from '../../ports/state.ts'
import {contested} from '../../ports/state.ts'
import {lost, refused} from './claim.ts'
import {Refused} from './refused.ts'
import type {Row, Tables} from './tables.ts'
import {one} from './tables.ts'

export async function acquire(tables: Tables, claim: Claim): Promise<Lease> {
  if (claim.takeover !== undefined) await takeAway(tables, claim.environment, claim.takeover)
  const others = await all(tables, claim.environment)
  const refusal = refused(claim, others, tables.now)
  if (refusal) throw new Refused(refusal)
  // What expired and stands in the way is gone for good now: its holder may wake up and finds itself shut out.
  for (const lease of others) if (contested(claim, lease) !== undefined) await release(tables, lease)
  return insert(tables, claim, await nextFence(tables, claim.environment))
}

async function takeAway(tables: Tables, environment: string, fence: number): Promise<void> {
  const lease = (await all(tables, environment)).find(held => held.fence === fence)
  if (!lease) throw new Refused(gone(environment, fence))
  await release(tables, lease)
}

function gone(environment: string, fence: number) {
  return {
    code: 'locked',
    message: `there is no lock number ${fence} on ${environment} any more, so it cannot be taken over`,
    hint: 'look again who holds it now',
  } as const
}

/**
 * A record begins to count at the time of day, in seconds: balancers remember the highest number they have seen, and one
 * that is made anew after its forerunner was lost must not be taken for an old holder.
 */
async function nextFence(tables: Tables, environment: string): Promise<number> {
  const row = await one(
    tables,
    `INSERT INTO fence (environment, last) VALUES (?, ?)
     ON CONFLICT (environment) DO UPDATE SET last = fence.last + 1 RETURNING last`,
    environment,
    Math.floor(tables.now / 1000),
  )
  return Number(row?.['last'])
}

async function insert(tables: Tables, claim: Claim, fence: number): Promise<Lease> {
  const {now} = tables
  const {environment, rollout, owner, reason, moves, touches} = claim
  const lease = {environment, rollout, fence, owner, reason, moves, touches, since: now, expiresAt: now + claim.ttlMs}
  await tables.run(
    `INSERT INTO lease (environment, fence, rollout, owner, reason, moves, touches, since, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    environment,
    fence,
    rollout,
    JSON.stringify(owner),
    reason,
    JSON.stringify(moves),
    JSON.stringify(touches),
    now,
    lease.expiresAt,
  )
  return lease
}

export async function renew(tables: Tables, lease: Lease, expiresAt: Instant): Promise<Lease> {
  const changed = await tables.run(
    'UPDATE lease SET expires_at = ? WHERE environment = ? AND fence = ?',
    expiresAt,
    lease.environment,
    lease.fence,
  )
  if (changed === 0) throw new Refused(lost(lease))
  return {...lease, expiresAt}
}

export async function release(tables: Tables, lease: Lease): Promise<void> {
  await tables.run('DELETE FROM lease WHERE environment = ? AND fence = ?', lease.environment, lease.fence)
}

/** Refuses to go on in a transaction whose lease is gone. */
export async function check(tables: Tables, lease: Lease): Promise<void> {
  const row = await one(
    tables,
    'SELECT 1 AS held FROM lease WHERE environment = ? AND fence = ?',
    lease.environment,
    lease.fence,
  )
  if (!row) throw new Refused(lost(lease))
}

export async function all(tables: Tables, environment: string): Promise<readonly Lease[]> {
  const rows = await tables.all('SELECT * FROM lease WHERE environment = ? ORDER BY fence', environment)
  return rows.map(fromRow)
}

function fromRow(row: Row): Lease {
  return {
    environment: String(row['environment']),
    rollout: String(row['rollout']),
    fence: Number(row['fence']),
    owner: JSON.parse(String(row['owner'])) as Who,
    reason: String(row['reason']),
    moves: JSON.parse(String(row['moves'])) as string[],
    touches: JSON.parse(String(row['touches'])) as string[],
    since: Number(row['since']),
    expiresAt: Number(row['expires_at']),
  }
}
