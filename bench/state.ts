import {closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {clock} from '../src/adapters/clock.ts'
import {postgresState} from '../src/adapters/state/postgres/state.ts'
import {sqliteState} from '../src/adapters/state/sqlite.ts'
import type {Recorded} from '../src/core/rollout/record.ts'
import type {State} from '../src/ports/state.ts'
import {openPostgres, POSTGRES} from '../test/support/postgres.ts'
import type {Figure} from './figure.ts'

const ROUNDS = 7
const APPENDS = 150
/** About as long as an entry is that says what was counted. */
const RECORD: Recorded = {
  code: 'bake-passed',
  step: 'accounts-1',
  share: 50,
  measured: {share: 50.2, requests: 1200, errors: 1, total: 2400, checks: []},
}

/** Entries on disk in a second, one after the other, beside what is as careful: a plain file, and a plain row of the same server. */
export async function bench(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  const server = POSTGRES === undefined ? undefined : await openPostgres({place: tmpdir()})
  const file = openSync(join(folder, 'plain'), 'a')
  const sqlite = await appender(sqliteState(join(folder, 'state.db'), clock))
  const postgres = server && (await appender(postgresState(server.address, 'bench')))
  const inserts = server && (await inserter(server.address))
  try {
    const plain = async () => {
      writeSync(file, `${JSON.stringify(RECORD)}\n`)
      fsyncSync(file)
    }
    const ways = [plain, sqlite.append, ...(postgres && inserts ? [postgres.append, inserts.insert] : [])]
    const [ofFile = 0, ofSqlite = 0, ofPostgres, ofInsert] = await mediansOf(ways)
    const peer = (own: number, name: string, other: number) => `${perSecond(own)}/s; ${name}: ${perSecond(other)}/s`
    const inFile = {value: ofSqlite / ofFile, peer: peer(ofSqlite, 'a plain file with fsync', ofFile)}
    const figures: Figure[] = [{name: 'journal: an entry in SQLite', unit: 'x', limit: {max: 4}, ...inFile}]
    if (ofPostgres === undefined || ofInsert === undefined) return figures
    const there = {value: ofPostgres / ofInsert, peer: peer(ofPostgres, 'a plain INSERT', ofInsert)}
    return [...figures, {name: 'journal: an entry in PostgreSQL', unit: 'x', limit: {max: 3}, ...there}]
  } finally {
    await sqlite.close()
    await postgres?.close()
    await inserts?.close()
    closeSync(file)
    await server?.end()
    rmSync(folder, {recursive: true})
  }
}

async function appender(state: State): Promise<{append: () => Promise<void>; close: () => Promise<void>}> {
  const owner = {name: 'bench', host: 'here', pid: process.pid, boot: '', started: ''}
  const lease = await state.acquire({
    environment: 'here',
    rollout: 'r1',
    owner,
    reason: '',
    moves: ['a'],
    touches: ['a'],
    ttlMs: 600_000,
  })
  if (!lease.ok) throw new Error(lease.failure.message)
  const plan = {sluicePlan: 1, system: 's', environment: 'here', fingerprint: '', optimal: true, steps: []} as const
  await state.begin(lease.value, {id: 'r1', environment: 'here', plan, startedAt: 1}, [RECORD])
  return {
    append: async () => {
      const kept = await state.append(lease.value, 'r1', [RECORD])
      if (!kept.ok) throw new Error(kept.failure.message)
    },
    close: () => state.close(),
  }
}

/** What the server takes for a row that nobody checks anything about, with the statement made ready. */
async function inserter(address: string): Promise<{insert: () => Promise<void>; close: () => Promise<void>}> {
  const {default: pg} = await import('pg')
  const client = new pg.Client({connectionString: address})
  await client.connect()
  await client.query('CREATE TABLE plain (id BIGSERIAL PRIMARY KEY, record TEXT NOT NULL)')
  const insert = {name: 'insert', text: 'INSERT INTO plain (record) VALUES ($1)'}
  return {
    insert: async () => void (await client.query({...insert, values: [JSON.stringify(RECORD)]})),
    close: () => client.end(),
  }
}

/** Milliseconds of one append each, interleaved by rounds so that a busy moment meets all of them. */
async function mediansOf(ways: readonly (() => Promise<void>)[]): Promise<readonly number[]> {
  const rounds: number[][] = ways.map(() => [])
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, append] of ways.entries()) {
      const started = performance.now()
      for (let one = 0; one < APPENDS; one++) await append()
      rounds[index]?.push((performance.now() - started) / APPENDS)
    }
  }
  return rounds.map(times => times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0)
}

function perSecond(ms: number): string {
  return Math.round(1000 / ms).toLocaleString('en')
}
