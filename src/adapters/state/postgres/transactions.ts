import {createHash} from 'node:crypto'

/**
 * Looks at one moment of the record. Everything is set for the transaction alone, so that a pooler that hands out
 * connections by the transaction is no hindrance.
 */
export function reading(schema: string): string {
  return ['BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', ...limits(schema), NOW].join('; ')
}

/** Keeps every other writer of this record out, whatever it reads first, and does not end before it is on disk. */
export function writing(schema: string): string {
  const lock = `SELECT pg_advisory_xact_lock(${keyOf(schema)})`
  return ['BEGIN ISOLATION LEVEL READ COMMITTED', ...limits(schema), DURABLE, lock, NOW].join('; ')
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function limits(schema: string): readonly string[] {
  return [
    `SET LOCAL search_path TO ${quoted(schema)}`,
    `SET LOCAL statement_timeout TO '5s'`,
    `SET LOCAL lock_timeout TO '4s'`,
    `SET LOCAL idle_in_transaction_session_timeout TO '10s'`,
  ]
}

/** A server that is told to answer before it has written would lose what has been acted on already. */
const DURABLE = `SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'`

/** The clock of the server is the only one that all holders share. */
const NOW = 'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now'

function keyOf(schema: string): string {
  return createHash('sha256').update(schema).digest().readBigInt64BE().toString()
}
