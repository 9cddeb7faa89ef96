import {appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import type {Counting} from '../../../src/adapters/calls/counting.ts'
import {recordedCalls, strictest} from '../../../src/adapters/calls/evidence.ts'
import {ingest} from '../../../src/adapters/calls/ingest.ts'
import {callsAt} from '../../../src/adapters/calls/record/open.ts'
import {usageRecord, type UsageRecord} from '../../../src/adapters/calls/record/record.ts'
import {usedOf} from '../../../src/core/usage/used.ts'
import {readyWatch} from '../../../src/core/usage/watch.ts'
import {utcHour} from '../../../src/core/usage/scan/dated.ts'
import {ok} from '../../../src/core/base/result.ts'
import {isUnused} from '../../../src/core/rollout/gate.ts'
import {callsConformance} from '../../conformance/calls.ts'
import {HAND_CLOCK_START, handClock} from '../../support/clock.ts'

const HOUR = 3_600_000
const START = HAND_CLOCK_START

let folder: string
let record: UsageRecord

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-calls-'))
  record = usageRecord((await callsAt({file: path('usage.db')}, handClock())).keeper, 'production')
})

afterEach(async () => {
  await record.close()
  rmSync(folder, {recursive: true, force: true})
})

const counting: Counting = {
  watch: readyWatch({
    contracts: [{name: 'accounts-api', calls: {in: 'path', pattern: '/api/v{major}/'}, backends: []}],
  }),
  usage: {clients: [], captures: [], fields: new Map(), ignore: [], sources: new Map()},
  hourStart: utcHour,
}

/** A line of JSON, `hours` after the start. */
function line(hours: number, service: string, target = '/api/v1/x'): string {
  return `${JSON.stringify({time: (START + hours * HOUR) / 1000, target, status: 200, service})}\n`
}

const path = (name: string) => join(folder, name)

async function read(name: string, source = 'lb1') {
  const done = await ingest({path: path(name), source, counting, record, clock: handClock()})
  if (!done.ok) throw new Error(done.failure.message)
  return done.value
}

/** Calls by version and client. */
async function counts(): Promise<Record<string, number>> {
  const recorded = await record.recorded()
  if (!recorded.ok) throw new Error(recorded.failure.message)
  const {contracts} = usedOf(recorded.value, {}, [], START)
  return Object.fromEntries(
    contracts.flatMap(({versions}) =>
      versions.flatMap(({major, clients}) => clients.map(({client, calls}) => [`v${major} ${client.name}`, calls])),
    ),
  )
}

callsConformance('a file', async () => {
  const file = path('conformance.db')
  return async environment => usageRecord((await callsAt({file}, handClock())).keeper, environment)
})

describe('reading logs into the record', () => {
  it('reads on where it was left, and counts no line twice', async () => {
    writeFileSync(path('a.log'), line(0, 'billing') + line(1, 'mail'))
    await read('a.log')
    appendFileSync(path('a.log'), line(2, 'billing') + line(3, 'billing').slice(0, 20))
    expect((await read('a.log')).lines.read).toBe(1)
    appendFileSync(path('a.log'), line(3, 'billing').slice(20))
    await read('a.log')
    expect((await read('a.log')).lines.read).toBe(0)
    expect(await counts()).toEqual({'v1 billing': 3, 'v1 mail': 1})
  })

  it('knows a log again that was renamed or compressed', async () => {
    const text = line(0, 'billing') + line(1, 'mail')
    writeFileSync(path('a.log'), text)
    await read('a.log')
    renameSync(path('a.log'), path('a.log.1'))
    await read('a.log.1')
    writeFileSync(path('a.log.2.gz'), gzipSync(text + line(2, 'late').trimEnd()))
    await read('a.log.2.gz')
    expect(await counts()).toEqual({'v1 billing': 1, 'v1 mail': 1, 'v1 late': 1})
  })

  it('says what could not be read', async () => {
    writeFileSync(path('a.gz'), gzipSync(line(0, 'billing').repeat(1000)).subarray(0, 60))
    const cut = await ingest({path: path('a.gz'), source: 'lb1', counting, record, clock: handClock()})
    expect(cut).toMatchObject({ok: false, failure: {message: expect.stringContaining('cannot be read to its end')}})
    const missing = await ingest({path: path('b'), source: 'lb1', counting, record, clock: handClock()})
    expect(missing).toMatchObject({ok: false, failure: {code: 'not-found'}})
    writeFileSync(path('c'), 'hello\nworld\n')
    const unknown = await ingest({path: path('c'), source: 'lb1', counting, record, clock: handClock()})
    expect(unknown).toMatchObject({ok: false, failure: {message: expect.stringContaining('no format')}})
  })
})

describe('logs and a balancer that counts itself', () => {
  const base = {contract: 'accounts-api', major: 1, calls: 0}

  it('are believed where they doubt', () => {
    const logs = ok({...base, calls: 3, lastSeen: 10, firstSeen: 5, coveredSince: 1, callers: ['billing']})
    const own = ok({...base, calls: 4, lastSeen: 20, firstSeen: 6, coveredSince: 2, unversioned: 7})
    expect(strictest(logs, own)).toEqual(
      ok({...base, calls: 4, lastSeen: 20, firstSeen: 5, coveredSince: 2, unversioned: 7, callers: ['billing']}),
    )
    expect(strictest(logs, ok(base))).toEqual(
      ok({...base, calls: 3, lastSeen: 10, firstSeen: 5, unversioned: 0, callers: ['billing']}),
    )
    const dated = (unversioned: number, unversionedSeen: number) => ok({...base, unversioned, unversionedSeen})
    expect(strictest(dated(1, 30), dated(2, 40))).toMatchObject({value: {unversioned: 2, unversionedSeen: 40}})
    expect(strictest(ok(base), dated(2, 40))).toMatchObject({value: {unversioned: 2, unversionedSeen: 40}})
    expect(strictest(dated(1, 30), own)).not.toHaveProperty('value.unversionedSeen')
  })
})

describe('the evidence for a drop', () => {
  const quietMs = 24 * HOUR

  /** What the gate says, `hours` after the start. */
  async function gate(hours: number, expected: readonly string[] = []): Promise<string> {
    const clock = handClock(START + hours * HOUR)
    const evidence = await recordedCalls({record, expected, quietMs: () => quietMs, clock}).evidence('accounts-api', 1)
    if (!evidence.ok) throw new Error(evidence.failure.message)
    const answer = isUnused(
      {kind: 'contract-unused', contract: 'accounts-api', major: 1},
      evidence.value,
      quietMs,
      clock.now(),
    )
    return `${answer.holds}: ${answer.detail}`
  }

  const current = (from: number, to: number) =>
    Array.from({length: to - from}, (_, i) => line(from + i, 'billing', '/api/v2/x')).join('')

  it('names the clients that still call, and holds when they have been quiet', async () => {
    writeFileSync(path('a.log'), line(0, 'mail') + line(0, 'billing') + current(1, 20))
    await read('a.log')
    expect(await gate(19.5)).toBe(
      'false: accounts-api v1 was called 1170m ago by billing, mail, and must be quiet for 1d',
    )
    appendFileSync(path('a.log'), current(20, 30))
    await read('a.log')
    expect(await gate(29.5)).toBe('true: accounts-api v1 has not been called for 1d')
  })

  it('does not take silence for evidence', async () => {
    expect(await gate(1)).toContain('false: nothing counts the calls to accounts-api v1')
    writeFileSync(path('a.log'), current(0, 10))
    await read('a.log')
    expect(await gate(40)).toContain('lb1 was read up to')
    expect(await gate(9.5)).toContain('are counted for')
    expect(await gate(9.5, ['lb1', 'lb2'])).toContain('lb2 was never read')
  })

  it('waits no longer for a log that is forgotten', async () => {
    writeFileSync(path('a.log'), current(0, 30))
    await read('a.log')
    writeFileSync(path('b.log'), current(0, 3).replaceAll('billing', 'mail'))
    await read('b.log', 'lb2')
    expect(await gate(29.5)).toContain('lb2 was read up to')
    await record.forget('lb2')
    expect(await gate(29.5)).toMatch(/^true/)
  })

  it('is stopped by calls that name no version, and by lines that could not be read', async () => {
    writeFileSync(path('a.log'), current(0, 30) + line(30, 'odd', '/api/x'))
    await read('a.log')
    expect(await gate(30.5)).toBe('false: 1 call to accounts-api names no version, and may mean v1')
    appendFileSync(path('a.log'), `broken\n${current(31, 40)}`)
    await read('a.log')
    expect(await gate(39.5)).toContain('1 line of lb1 could not be read')
  })
})
