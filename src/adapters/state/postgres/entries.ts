import {createHash} from 'node:crypto'
import type {Entry, Recorded} from '../../../core/rollout/record.ts'
import type {Lease} from '../../../ports/state.ts'
import type {Row} from '../tables.ts'
import {quoted} from './transactions.ts'

/** A statement that the server keeps ready, under a name that says which one it is. */
export interface Ready {
  readonly name: string
  readonly text: string
}

/**
 * Adds entries after a given one, under a lease that stands, in a transaction of its own: the lock on the row of the lease
 * keeps out whoever would take it away. No row comes back where it is gone. Done twice, it fails the second time. What is
 * set holds for this transaction alone, and is set before a row is locked.
 */
export function addingTo(schema: string): Ready {
  const text = `
WITH held AS (
  SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS at FROM ${quoted(schema)}.lease
  WHERE environment = $1 AND fence = $2
  AND (SELECT set_config('lock_timeout', '4s', true)) IS NOT NULL
  AND (SELECT set_config('synchronous_commit', CASE now WHEN 'off' THEN 'on' ELSE now END, true)
       FROM current_setting('synchronous_commit') AS now) IS NOT NULL
  FOR KEY SHARE
)
INSERT INTO ${quoted(schema)}.entry (environment, rollout, seq, at, fence, record)
SELECT $1, $3, $4 + given.n, held.at, $2, given.record FROM held, unnest($5::text[]) WITH ORDINALITY AS given (record, n)
RETURNING seq, at`
  // Whoever shares connections through a pooler finds the statements of others there, and must not take them for its own.
  return {name: `sluice_${createHash('sha256').update(text).digest('hex').slice(0, 20)}`, text}
}

export function entriesOf(rows: readonly Row[], {fence}: Lease, records: readonly Recorded[]): readonly Entry[] {
  const places = rows.map(({seq, at}) => ({seq: Number(seq), at: Number(at)})).sort((a, b) => a.seq - b.seq)
  return places.flatMap((place, index) => {
    const record = records[index]
    return record ? [{...place, fence, record}] : []
  })
}
