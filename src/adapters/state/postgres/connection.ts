import type {Client, QueryResult} from 'pg'
import type {DurationMs} from '../../../core/base/units.ts'
import type {Cell, Row, Tables} from '../tables.ts'
import {asLibpq} from './address.ts'
import type {Ready} from './entries.ts'

/** One connection, with one transaction at a time. */
export interface Connection {
  /** Opens a transaction by these statements, the last of which selects what time it is. */
  begin(statements: string): Promise<Tables>
  commit(): Promise<void>
  /** Runs one statement that is a transaction of its own. */
  once(statement: Ready, values: readonly unknown[]): Promise<readonly Row[]>
  /** False where that did not work either: then the connection is of no use any more. */
  rollback(): Promise<boolean>
  end(): Promise<void>
}

const CONNECT_MS: DurationMs = 5_000
/** Longer than any statement may take on the server, so that it speaks first where it can. */
const ANSWER_MS: DurationMs = 7_000
const GOODBYE_MS: DurationMs = 1_000

/** @param address as libpq takes it; what it leaves out comes from PGUSER, PGPASSWORD, ~/.pgpass and the like */
export async function connect(address: string): Promise<Connection> {
  const client = await clientOf(address)
  // What is lost between two statements is noticed by the next one.
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    await goodbye(client)
    throw error
  }
  return {
    begin: async statements => {
      const answers = (await client.query(statements)) as unknown as readonly QueryResult<Row>[]
      return {now: Number(answers.at(-1)?.rows[0]?.['now']), ...statementsOf(client)}
    },
    commit: async () => void (await client.query('COMMIT')),
    once: async (statement, values) => (await client.query<Row>({...statement, values: [...values]})).rows,
    rollback: () =>
      client.query('ROLLBACK').then(
        () => true,
        () => false,
      ),
    end: () => goodbye(client),
  }
}

/** Loaded only where a record is kept there. */
async function clientOf(address: string): Promise<Client> {
  const {default: pg} = await import('pg')
  return new pg.Client({
    connectionString: asLibpq(address),
    application_name: 'sluice',
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
  })
}

function statementsOf(client: Client): Omit<Tables, 'now'> {
  return {
    run: async (sql, ...values) => (await client.query(numbered(sql), [...values])).rowCount ?? 0,
    all: async (sql, ...values) => (await client.query<{[column: string]: Cell}>(numbered(sql), [...values])).rows,
  }
}

/** `?` as PostgreSQL writes it. */
function numbered(sql: string): string {
  let number = 0
  return sql.replaceAll('?', () => `$${++number}`)
}

async function goodbye(client: Client): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>(resolve => void (timer = setTimeout(resolve, GOODBYE_MS)))
  await Promise.race([client.end().catch(() => {}), late])
  clearTimeout(timer)
}
