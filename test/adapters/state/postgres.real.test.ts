import {mkdtempSync, rmSync} from 'node:fs'
import {type AddressInfo, connect, createServer, type Socket} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {postgresState} from '../../../src/adapters/state/postgres/state.ts'
import type {Result} from '../../../src/core/base/result.ts'
import type {Claim, Lease, State} from '../../../src/ports/state.ts'
import {CALL_TABLES} from '../../../src/adapters/calls/record/forms.ts'
import {move, type Place} from '../../../src/adapters/state/copy.ts'
import type {Whereabouts} from '../../../src/adapters/state/place.ts'
import {callsAt} from '../../../src/adapters/calls/record/open.ts'
import {usageRecord} from '../../../src/adapters/calls/record/record.ts'
import {callsConformance} from '../../conformance/calls.ts'
import {stateConformance} from '../../conformance/state.ts'
import {certificatesIn} from '../../support/certificates.ts'
import {eventually} from '../../support/eventually.ts'
import {openPostgres, PASSWORD, POSTGRES, type PostgresRig} from '../../support/postgres.ts'

if (POSTGRES === undefined && process.env['CI'])
  throw new Error('postgresql is not installed: apt-get install postgresql')

describe.skipIf(POSTGRES === undefined)('postgresql (needs the program postgres)', () => {
  let server: PostgresRig
  let made = 0
  /** Every test has a system, and with it a schema, of its own. */
  const fresh = () => `test${++made}`
  beforeAll(async () => void (server = await openPostgres()))
  afterAll(() => server.end())

  stateConformance('postgresql', async () => {
    const system = fresh()
    return {
      open: async () => postgresState(server.address, system),
      expire: ms => new Promise(resolve => setTimeout(resolve, ms + 5)),
      end: async () => {},
    }
  })

  callsConformance('postgresql', async () => {
    const where = {address: server.address, system: fresh()}
    return async environment => usageRecord((await callsAt(where, {now: Date.now})).keeper, environment)
  })

  it('takes the record of calls from a file, and gives it back', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-calls-'))
    const open = (where: Whereabouts) => callsAt(where, {now: Date.now})
    const [file, base] = [
      await open({file: join(folder, 'usage.db')}),
      await open({address: server.address, system: fresh()}),
    ]
    try {
      const at = (place: Place) => usageRecord(place.keeper, 'prod')
      const lines = {read: 1, matched: 1, unparsed: 0, notices: 0}
      const mark = {mark: {digest: 'abc', length: 3}, from: 0, to: 9}
      const row = {contract: 'accounts-api', major: 1, minor: null, hour: 5, calls: 3, errors: 0, first: 1, last: 2}
      const client = {kind: 'agent', name: 'okhttp/4'} as const
      valueOf(await at(file).commit({source: 'lb1', rows: [{...row, client}], lines, gaps: [], file: mark}))
      const before = valueOf(await at(file).recorded())
      valueOf(await move(file, base, CALL_TABLES))
      expect(valueOf(await at(base).recorded())).toEqual(before)
      expect(valueOf(await at(base).files())).toMatchObject([{offset: 9}])
      expect(await at(file).recorded()).toMatchObject({failure: {message: expect.stringContaining('was moved to')}})
      valueOf(await move(base, file, CALL_TABLES))
      expect(valueOf(await at(file).recorded())).toEqual(before)
    } finally {
      await file.keeper.close()
      await base.keeper.close()
      rmSync(folder, {recursive: true, force: true})
    }
  })

  const opened = (system = fresh()) => ({system, state: postgresState(server.address, system)})

  it('is made once when several make it at once, and not by looking', async () => {
    const {system, state} = opened()
    expect(valueOf(await state.list('prod', 1))).toEqual([])
    expect(server.query(schemas(system))).toBe('')
    const others = [1, 2, 3].map(() => postgresState(server.address, system))
    const taken = await Promise.all([state, ...others].map((one, n) => one.acquire(claim(`service-${n}`))))
    expect(taken.map(({ok}) => ok)).toEqual([true, true, true, true])
    const [first = 0, ...later] = taken.map(one => valueOf(one).fence).sort((a, b) => a - b)
    expect(later).toEqual([first + 1, first + 2, first + 3])
    expect(server.query(schemas(system))).toBe(`sluice_${system}`)
    for (const one of [state, ...others]) await one.close()
  })

  it('keeps systems apart that share a database', async () => {
    const {state} = opened()
    const bank = postgresState(server.address, fresh())
    valueOf(await state.acquire(claim('a')))
    expect(valueOf(await bank.leases('prod'))).toEqual([])
    valueOf(await bank.acquire(claim('a')))
    await state.close()
    await bank.close()
  })

  it('is reached over the socket as well', async () => {
    const {system, state} = opened()
    const local = postgresState(server.socketAddress, system)
    const lease = valueOf(await local.acquire(claim('a')))
    expect(valueOf(await state.leases('prod'))).toEqual([lease])
    await state.close()
    await local.close()
  })

  it('is refused when a newer sluice has made it', async () => {
    const {system, state} = opened()
    valueOf(await state.acquire(claim('a')))
    await state.close()
    server.query(`UPDATE sluice_${system}.form SET version = 99`)
    expect(messageOf(await state.leases('prod'))).toContain('the record is of form 99')
  })

  it('waits for the disk even where the server would not', async () => {
    const {system, state} = opened()
    server.query('ALTER ROLE sluice SET synchronous_commit = off')
    server.query(`CREATE SCHEMA sluice_${system}; CREATE TABLE sluice_${system}.seen (how text)`)
    valueOf(await state.acquire(claim('a')))
    server.query(
      `CREATE FUNCTION sluice_${system}.look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         INSERT INTO sluice_${system}.seen VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$;
       CREATE TRIGGER look AFTER INSERT ON sluice_${system}.lease FOR EACH ROW EXECUTE FUNCTION sluice_${system}.look()`,
    )
    server.query(
      `CREATE TRIGGER look AFTER INSERT ON sluice_${system}.entry FOR EACH ROW EXECUTE FUNCTION sluice_${system}.look()`,
    )
    const lease = await begun(state, 'b')
    valueOf(await state.append(lease, 'r1', [RECORD]))
    expect(server.query(`SELECT how FROM sluice_${system}.seen`)).toBe('on\non\non')
    server.query('ALTER ROLE sluice RESET synchronous_commit')
    await state.close()
  })

  it('takes an entry by one statement, which waits for whoever takes the lease away, and is refused then', async () => {
    const {system, state} = opened()
    const lease = await begun(state, 'a')
    expect(valueOf(await state.append(lease, 'r1', [RECORD, RECORD])).map(({seq}) => seq)).toEqual([2, 3])
    const {default: pg} = await import('pg')
    const taking = new pg.Client({connectionString: server.address})
    await taking.connect()
    await taking.query(`BEGIN; DELETE FROM sluice_${system}.lease`)
    const late = state.append(lease, 'r1', [RECORD])
    await eventually(
      () => server.query("SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'") === '1',
    )
    await taking.query('COMMIT')
    expect(messageOf(await late)).toContain('was lost')
    expect(valueOf(await state.load('prod', 'r1')).entries.length).toBe(3)
    await taking.end()
    await state.close()
  })

  it('finds an entry that was kept although its answer was lost, and writes it once', async () => {
    const {system} = opened()
    const {port} = new URL(server.address)
    const sockets: Socket[] = []
    let isDeaf = false
    const relay = createServer(client => {
      const upstream = connect(Number(port), '127.0.0.1')
      sockets.push(client, upstream)
      client.on('error', () => {}).pipe(upstream)
      upstream.on('error', () => {}).on('data', chunk => void (isDeaf || client.write(chunk)))
    })
    await new Promise<void>(resolve => void relay.listen(0, '127.0.0.1', resolve))
    const through = server.address.replace(`:${port}/`, `:${(relay.address() as AddressInfo).port}/`)
    const state = postgresState(through, system)
    const lease = await begun(state, 'a')
    isDeaf = true
    const late = state.append(lease, 'r1', [RECORD])
    await eventually(() => server.query(`SELECT count(*) FROM sluice_${system}.entry`) === '2')
    isDeaf = false
    for (const socket of sockets.splice(0)) socket.destroy()
    expect(valueOf(await late)).toMatchObject([{seq: 2, record: RECORD}])
    expect(valueOf(await state.append(lease, 'r1', [RECORD]))).toMatchObject([{seq: 3}])
    expect(server.query(`SELECT count(*) FROM sluice_${system}.entry`)).toBe('3')
    await state.close()
    await new Promise(resolve => relay.close(resolve))
  })

  it('does without where a pooler keeps no statements', async () => {
    const {system, state} = opened()
    const lease = await begun(state, 'a')
    server.query(
      `CREATE FUNCTION sluice_${system}.forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DEALLOCATE ALL; RETURN NEW; END $$;
       CREATE TRIGGER forget AFTER INSERT ON sluice_${system}.entry FOR EACH ROW EXECUTE FUNCTION sluice_${system}.forget()`,
    )
    for (const seq of [2, 3, 4]) expect(valueOf(await state.append(lease, 'r1', [RECORD]))).toMatchObject([{seq}])
    await state.close()
  })

  it('goes on after its connections were cut, and after the server was started anew', async () => {
    const {state} = opened()
    const lease = await begun(state, 'a')
    server.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sluice'")
    valueOf(await state.renew(lease, 60_000))
    server.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sluice'")
    expect(valueOf(await state.append(lease, 'r1', [RECORD]))).toMatchObject([{seq: 2}])
    await server.kill()
    const renewed = state.renew(lease, 60_000)
    await server.start()
    expect(valueOf(await renewed).fence).toBe(lease.fence)
    await state.close()
  })

  it('says so, without a password, when the server is gone, the password wrong or the database missing', async () => {
    const {system, state} = opened()
    valueOf(await state.acquire(claim('a')))
    const wrong = postgresState(server.address.replace(encodeURIComponent(PASSWORD), 'another-secret'), system)
    const missing = postgresState(`${server.address}_missing`, system)
    const said = [messageOf(await wrong.leases('prod')), messageOf(await missing.leases('prod'))]
    await server.kill()
    said.push(messageOf(await state.leases('prod')))
    await server.start()
    expect(said[0]).toContain('does not let us in')
    expect(said[1]).toContain('is no database that it knows')
    expect(said[2]).toContain('cannot be reached: nobody listens there')
    for (const text of said) {
      expect(text).toMatch(/the record postgres:\/\/sluice@127\.0\.0\.1:\d+\/postgres(_missing)? /)
      expect(text).not.toMatch(/secret/)
    }
    await state.close()
  })

  it('says so where the server speaks no TLS, and is asked for it', async () => {
    const state = postgresState(`${server.address}?sslmode=require`, fresh())
    expect(messageOf(await state.leases('prod'))).toContain('speaks no TLS')
    await state.close()
  })

  it('does not wait for ever behind somebody who stopped in the middle', async () => {
    const {system, state} = opened()
    const lease = valueOf(await state.acquire(claim('a')))
    const {default: pg} = await import('pg')
    const stopped = new pg.Client({connectionString: server.address})
    stopped.on('error', () => {})
    await stopped.connect()
    await stopped.query('BEGIN')
    await stopped.query(`LOCK TABLE sluice_${system}.lease IN ACCESS EXCLUSIVE MODE`)
    expect(messageOf(await state.renew(lease, 60_000))).toContain('is held by another process that does not let go')
    await stopped.end()
    valueOf(await state.renew(lease, 60_000))
    await state.close()
  })
})

describe.skipIf(POSTGRES === undefined)('postgresql over TLS (needs the programs postgres and openssl)', () => {
  let server: PostgresRig
  let other: string
  beforeAll(async () => {
    server = await openPostgres({tls: true})
    other = mkdtempSync(join(tmpdir(), 'sluice-ca-'))
    certificatesIn(other)
  })
  afterAll(async () => {
    rmSync(other, {recursive: true})
    await server.end()
  })

  /** What comes of a record at the address with these options. */
  async function asked(options: string, address = server.address): Promise<string> {
    const state = postgresState(`${address}${options}`, 'tls')
    const answer = await state.acquire(claim('a'))
    if (answer.ok) await state.release(answer.value)
    await state.close()
    return answer.ok ? 'ok' : `${answer.failure.message} -> ${answer.failure.hint}`
  }

  it('checks who answers where it is told to, as libpq does', async () => {
    const ca = join(server.folder, 'ca.pem')
    for (const options of [
      `?sslmode=verify-full&sslrootcert=${ca}`,
      `?sslmode=verify-ca&sslrootcert=${ca}`,
      `?sslmode=require&sslrootcert=${ca}`,
      '?sslmode=require',
      '?sslmode=no-verify',
    ])
      expect(await asked(options), options).toBe('ok')
    const byName = server.address.replace('@127.0.0.1', '@localhost')
    expect(await asked(`?sslmode=verify-ca&sslrootcert=${ca}`, byName)).toBe('ok')
  })

  it('says what is wrong with a certificate, and never shows the password', async () => {
    const ca = join(server.folder, 'ca.pem')
    const byName = server.address.replace('@127.0.0.1', '@localhost')
    const said = {
      strange: await asked(`?sslmode=verify-full&sslrootcert=${join(other, 'ca.pem')}`),
      required: await asked(`?sslmode=require&sslrootcert=${join(other, 'ca.pem')}`),
      unnamed: await asked('?sslmode=verify-full'),
      renamed: await asked(`?sslmode=verify-full&sslrootcert=${ca}`, byName),
      lost: await asked(`?sslmode=verify-full&sslrootcert=${join(other, 'none.pem')}`),
      nothing: await asked('?sslmode=verify-ca'),
      plain: await asked(''),
    }
    const byNobody = expect.stringMatching(/shows a certificate by nobody we trust .*sslrootcert=/)
    expect(said).toEqual({
      strange: byNobody,
      required: byNobody,
      unnamed: byNobody,
      renamed: expect.stringContaining('shows a certificate for another name'),
      lost: expect.stringMatching(/a file that its address names cannot be read .*none\.pem/),
      nothing: expect.stringContaining('names nobody to check its certificate by'),
      plain: expect.stringMatching(/wants TLS .*sslmode=verify-full/),
    })
    for (const text of Object.values(said)) expect(text).not.toMatch(/secret/)
  })
})

const schemas = (system: string) => `SELECT nspname FROM pg_namespace WHERE nspname = 'sluice_${system}'`

const RECORD = {code: 'step-started', step: 'a-1'} as const

/** Holds a service, with a rollout begun. */
async function begun(state: State, service: string): Promise<Lease> {
  const lease = valueOf(await state.acquire(claim(service)))
  const plan = {sluicePlan: 1, system: 's', environment: 'prod', fingerprint: '', optimal: true, steps: []} as const
  valueOf(await state.begin(lease, {id: 'r1', environment: 'prod', plan, startedAt: 1}, [RECORD]))
  return lease
}

function claim(service: string): Claim {
  const owner = {name: 'anna', host: 'one', pid: 11, boot: 'b1', started: '1'}
  return {
    environment: 'prod',
    rollout: 'r1',
    owner,
    reason: 'apply',
    moves: [service],
    touches: [service],
    ttlMs: 60_000,
  }
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`)
  return result.value
}

function messageOf(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.failure.message
}
