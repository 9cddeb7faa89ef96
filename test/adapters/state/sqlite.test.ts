import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {openDatabase} from '../../../src/adapters/state/database.ts'
import {tails} from '../../../src/adapters/state/rollouts.ts'
import {FORMS, SQLITE} from '../../../src/adapters/state/schema.ts'
import {sqliteState} from '../../../src/adapters/state/sqlite.ts'
import type {Tables} from '../../../src/adapters/state/tables.ts'
import {trouble} from '../../../src/adapters/state/trouble.ts'
import type {State} from '../../../src/ports/state.ts'
import {stateConformance} from '../../conformance/state.ts'
import {handClock} from '../../support/clock.ts'

stateConformance('sqlite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-state-'))
  const clock = handClock()
  return {
    open: async () => sqliteState(join(folder, '.sluice', 'state.db'), clock),
    expire: ttlMs => clock.advance(ttlMs),
    end: async () => rmSync(folder, {recursive: true}),
  }
})

describe('the file of the record', () => {
  let folder: string
  let file: string
  let state: State
  const claim = {
    environment: 'prod',
    rollout: 'r1',
    owner: {name: 'anna', host: 'one', pid: 1, boot: 'b', started: '1'},
    reason: 'apply',
    moves: ['a'],
    touches: ['a'],
    ttlMs: 1000,
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-state-'))
    file = join(folder, '.sluice', 'state.db')
    state = sqliteState(file, handClock())
  })

  afterEach(async () => {
    await state.close()
    rmSync(folder, {recursive: true})
  })

  const messageOf = async (asked: ReturnType<State['leases']>) => {
    const answer = await asked
    return answer.ok ? 'ok' : `${answer.failure.code}: ${answer.failure.message}`
  }

  it('is not made by looking', async () => {
    expect(await state.list('prod', 1)).toEqual({ok: true, value: []})
    expect(readdirSync(folder)).toEqual([])
  })

  it('counts its leases on from the time of day, so that balancers know the next record from an old holder', async () => {
    const clock = handClock()
    const first = await state.acquire(claim)
    await state.close()
    rmSync(join(folder, '.sluice'), {recursive: true})
    await clock.advance(5000)
    state = sqliteState(file, clock)
    const second = await state.acquire(claim)
    expect(first.ok && second.ok && second.value.fence > first.value.fence).toBe(true)
  })

  it('is nobody else’s to read, and nothing for git', async () => {
    await state.acquire(claim)
    expect(statSync(join(folder, '.sluice')).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(join(folder, '.sluice')).filter(one => one.startsWith('state'))) {
      expect([name, statSync(join(folder, '.sluice', name)).mode & 0o777]).toEqual([name, 0o600])
    }
    expect(readFileSync(join(folder, '.sluice', '.gitignore'), 'utf8')).toBe('*\n')
  })

  it('waits for the disk with every write', async () => {
    const opened = await openDatabase(
      file,
      true,
      FORMS.map(form => form(SQLITE)),
    )
    if (!opened.ok || !opened.value) throw new Error('not opened')
    expect(opened.value.prepare('PRAGMA synchronous').get()).toEqual({synchronous: 2})
    opened.value.close()
  })

  it('is made whole when two make it at once', async () => {
    const two = [sqliteState(file, handClock()), sqliteState(file, handClock())]
    const taken = await Promise.all(two.map(one => one.acquire(claim)))
    expect(taken.filter(({ok}) => ok)).toHaveLength(1)
    await Promise.all(two.map(one => one.close()))
  })

  it('is refused when it was cut off, emptied or overwritten', async () => {
    await state.acquire(claim)
    await state.close()
    truncateSync(file, 5000)
    expect(await messageOf(state.leases('prod'))).toMatch(/^state-failed: the record .*state\.db is damaged$/)
    truncateSync(file, 0)
    expect(await messageOf(state.leases('prod'))).toMatch(/^state-failed: .* is empty: it was cut off$/)
    writeFileSync(file, 'no database at all'.repeat(100))
    expect(await messageOf(state.leases('prod'))).toMatch(/^state-failed: the record .*state\.db is no database$/)
  })

  it('is refused when it belongs to another program, or to a newer sluice', async () => {
    await state.acquire(claim)
    await state.close()
    const set = async (pragma: string) => {
      const {DatabaseSync} = await import('@photostructure/sqlite')
      const database = new DatabaseSync(file)
      database.exec(`PRAGMA ${pragma}`)
      database.close()
    }
    await set('user_version = 999')
    expect(await messageOf(state.leases('prod'))).toContain('it is of form 999, and this sluice knows no form beyond 3')
    await set('application_id = 7')
    expect(await messageOf(state.leases('prod'))).toContain('application_id is 7')
  })

  it('is brought up to date when an older sluice has made it, with what was in it', async () => {
    const [first = '', ...later] = FORMS.map(form => form(SQLITE))
    const old = await openDatabase(file, true, [first])
    if (!old.ok || !old.value) throw new Error('not opened')
    old.value.exec(`INSERT INTO fence VALUES ('prod', 41)`)
    old.value.close()
    const lease = await state.acquire(claim)
    expect(lease).toMatchObject({ok: true, value: {fence: 42}})
    const today = await openDatabase(file, false, [first, ...later])
    if (!today.ok || !today.value) throw new Error('not opened')
    expect(today.value.prepare('PRAGMA user_version').get()).toEqual({user_version: 3})
    today.value.close()
  })

  it('is refused when an entry is missing, since it may be the one that matters', async () => {
    const lease = await state.acquire(claim)
    if (!lease.ok) throw new Error('not taken')
    const plan = {sluicePlan: 1, system: 's', environment: 'prod', fingerprint: '', optimal: true, steps: []} as const
    await state.begin(lease.value, {id: 'r1', environment: 'prod', plan, startedAt: 1}, [
      {code: 'rollout-begun', by: claim.owner},
      {code: 'rollout-resumed', by: claim.owner},
    ])
    const opened = await openDatabase(
      file,
      false,
      FORMS.map(form => form(SQLITE)),
    )
    if (opened.ok) opened.value?.exec('DELETE FROM entry WHERE seq = 1')
    const answer = await state.load('prod', 'r1')
    expect(answer).toMatchObject({ok: false, failure: {message: 'the record of rollout r1 has no entry 1'}})
    if (opened.ok) opened.value?.close()
  })

  it.each([
    [{errcode: 13}, 'the disk is full'],
    [{errcode: 8}, 'cannot be written'],
    [{errcode: 1032}, 'cannot be written'],
    [{errcode: 5}, 'held by another process'],
    [{errcode: 778}, 'the disk reports an error'],
    [{code: 'EACCES'}, 'may not be opened'],
    [{code: 'EROFS'}, 'cannot be written'],
    [new Error('something new'), 'something new'],
  ])('names %j', (error, text) => {
    expect(trouble('/x/state.db', error).message).toContain(text)
  })
})

describe('the last entries of all rollouts', () => {
  it('are found by the key of their table, however many there are before them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-state-'))
    const opened = await openDatabase(
      join(folder, 'state.db'),
      true,
      FORMS.map(form => form(SQLITE)),
    )
    if (!opened.ok || !opened.value) throw new Error('there is no database')
    const database = opened.value
    const steps: string[] = []
    const explaining: Tables = {
      now: 0,
      run: async () => 0,
      all: async (sql, ...values) => {
        for (const row of database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values))
          steps.push(String(row['detail']))
        return []
      },
    }
    await tails(explaining, 'prod', 50)
    database.close()
    rmSync(folder, {recursive: true})
    const ofEntries = steps.filter(step => / entry /.test(step))
    expect(ofEntries.length).toBeGreaterThan(0)
    expect(ofEntries.filter(step => !step.includes('rollout=?'))).toEqual([])
  })
})
