import {describe, expect, it} from 'vitest'
import {BOUNDS, countersOf, countLatency, createMeter} from '../../../../src/adapters/balancer/embedded/counts/meter.ts'
import {createTally} from '../../../../src/adapters/balancer/embedded/counts/tally.ts'
import type {Tallies} from '../../../../src/adapters/balancer/embedded/counts/tallies.ts'
import {decode, encode} from '../../../../src/adapters/balancer/embedded/control/protocol.ts'

describe('a meter', () => {
  it('counts each answer at the lowest bound that holds it', () => {
    const meter = createMeter('e')
    for (const ms of [0, 0.25, 0.26, 59_999, 60_000, 60_001, 1e9]) countLatency(meter, ms)
    const counted = countersOf(meter).latency.filter(({count}) => count > 0)
    expect(counted[0]).toEqual({leMs: 0.25, count: 2})
    expect(counted.slice(-2)).toEqual([
      {leMs: 60_000, count: 2},
      {leMs: Number.POSITIVE_INFINITY, count: 2},
    ])
  })

  it('has ascending bounds, at most 16 % apart', () => {
    for (let index = 1; index < BOUNDS.length - 1; index++) {
      const ratio = (BOUNDS[index] ?? 0) / (BOUNDS[index - 1] ?? 1)
      expect(ratio).toBeGreaterThan(1)
      expect(ratio).toBeLessThan(1.16)
    }
  })

  it('comes through the protocol as it is', () => {
    const balanced = {pools: [{id: 'Infinity', servers: [], share: 100, counters: countersOf(createMeter('e'))}]}
    const line = {protocol: 1, answer: {ok: true, value: balanced}} as const
    expect(decode(encode(line).trimEnd())).toEqual(line)
    expect(decode('{}')).toBeUndefined()
    expect(decode('null')).toBeUndefined()
    expect(decode('{')).toBeUndefined()
  })
})

describe('a tally', () => {
  const path = {contract: 'shop-api', pattern: {in: 'path', pattern: '/api/v{major}/'}} as const
  const header = {contract: 'shop-api', pattern: {in: 'header', name: 'X-Version', pattern: '{major}'}} as const

  const request = (url: string, headers = {}) => ({url, headers, socket: {remoteAddress: '::ffff:10.0.0.9'}})

  function counting(kept: Tallies = {}) {
    const time = {now: 1000}
    return {time, tally: createTally(() => time.now, kept)}
  }

  it('says since when it has counted, and when a version was first and last called', () => {
    const {time, tally} = counting()
    tally.watch('shop', [path])
    time.now = 2000
    tally.saw('shop', request('/api/v1/x'))
    time.now = 3000
    tally.saw('shop', request('/api/v1/y?z'))
    tally.saw('shop', request('/api/v2'))
    tally.saw('shop', request('/other'))
    tally.saw('unknown', request('/api/v1/x'))
    expect(tally.evidence('shop-api', 1)).toMatchObject({calls: 2, coveredSince: 1000, firstSeen: 2000, lastSeen: 3000})
    expect(tally.evidence('shop-api', 2)).toMatchObject({calls: 1, firstSeen: 3000})
    expect(tally.evidence('shop-api', 3)).toEqual({
      contract: 'shop-api',
      major: 3,
      calls: 0,
      coveredSince: 1000,
      unversioned: 0,
    })
    expect(tally.evidence('other-api', 1)).toEqual({contract: 'other-api', major: 1, calls: 0})
  })

  it('counts calls that name no version apart', () => {
    const {tally} = counting()
    tally.watch('shop', [header])
    tally.saw('shop', request('/', {'x-version': '2'}))
    tally.saw('shop', request('/'))
    expect(tally.evidence('shop-api', 2)).toMatchObject({calls: 1, unversioned: 1})
  })

  it('goes on where it stopped, and begins its coverage anew where calls are told in another way', () => {
    const first = counting()
    first.tally.watch('shop', [path])
    first.tally.saw('shop', request('/api/v1/'))
    const {time, tally} = counting(structuredClone(first.tally.dump()))
    time.now = 5000
    tally.watch('shop', [path])
    expect(tally.evidence('shop-api', 1)).toMatchObject({calls: 1, coveredSince: 1000})
    tally.watch('shop', [header])
    expect(tally.evidence('shop-api', 1)).toMatchObject({calls: 1, coveredSince: 5000})
    tally.watch('shop', [])
    expect(tally.evidence('shop-api', 1)).toEqual({contract: 'shop-api', major: 1, calls: 0})
  })

  it('says who called, by the first evidence of the order, keeps no key, and stays small', () => {
    const {time, tally} = counting()
    const clients = ['certificate', 'key', 'token', 'service', 'agent', 'address'] as const
    tally.watch('shop', [{...path, clients}])
    const names = () => tally.evidence('shop-api', 1).clients?.map(({name}) => name)
    tally.saw('shop', request('/api/v1/', {'user-agent': '__proto__'}))
    tally.saw('shop', request('/api/v1/', {'x-service-name': 'billing', 'user-agent': 'okhttp/4'}))
    tally.saw('shop', request('/api/v1/'))
    time.now = 7000
    tally.saw('shop', request('/api/v1/', {'x-api-key': 'secret-4711', 'x-service-name': 'billing'}))
    expect(names()?.sort()).toEqual(
      ['10.0.0.9', '__proto__', 'billing', expect.stringMatching(/^[0-9a-f]{16}$/)].sort(),
    )
    expect(tally.evidence('shop-api', 1).clients?.filter(({lastSeen}) => lastSeen === 7000)).toHaveLength(1)
    expect(JSON.stringify(tally.dump())).not.toContain('4711')
    for (let n = 0; n < 3000; n++) tally.saw('shop', request('/api/v1/', {'user-agent': `made-up-${n}`}))
    expect(names()).toHaveLength(1001)
    expect(names()?.[0]).toBe('clients beyond the limit')
    expect(tally.evidence('shop-api', 1).calls).toBe(3004)
  })

  it('tells all its counters by version and client, in sums that agree', () => {
    const {time, tally} = counting()
    expect(tally.counted()).toEqual({counts: []})
    tally.watch('shop', [{...path, clients: ['service', 'agent'], ignore: ['/api/health']}])
    tally.watch('shop-eu', [path])
    time.now = 2000
    tally.saw('shop', request('/api/v1/', {'x-service-name': 'billing'}))
    tally.saw('shop-eu', request('/api/v1/'))
    tally.saw('shop', request('/api/x', {'user-agent': 'odd a/1'}))
    tally.saw('shop', request('/api/health'))
    const version = (major: number | null) => ({contract: 'shop-api', major, calls: 1, last: 2000})
    expect(tally.counted()).toEqual({
      since: 1000,
      counts: [
        {...version(1), client: {kind: 'service', name: 'billing'}},
        {...version(null), client: {kind: 'agent', name: 'odd'}},
        {...version(1), client: {kind: 'unknown', name: 'unknown'}},
      ],
    })
  })

  it('says when a call named no version, but of calls that were counted before it could', () => {
    const {time, tally} = counting()
    tally.watch('shop', [path])
    time.now = 2000
    tally.saw('shop', request('/api/x'))
    expect(tally.evidence('shop-api', 1)).toMatchObject({unversioned: 1, unversionedSeen: 2000})
    const kept: Tallies = structuredClone(tally.dump())
    kept['shop']!['shop-api']!.unversioned = 2
    const older = counting(kept).tally
    expect(older.evidence('shop-api', 1)).toMatchObject({unversioned: 3})
    expect(older.evidence('shop-api', 1)).not.toHaveProperty('unversionedSeen')
    expect(older.counted().counts).toContainEqual(expect.objectContaining({major: null, calls: 3}))
  })

  it('covers a contract only since all services that show it are counted', () => {
    const {time, tally} = counting()
    tally.watch('shop', [path])
    time.now = 2000
    tally.watch('shop-eu', [path])
    tally.saw('shop', request('/api/v1/'))
    time.now = 3000
    tally.saw('shop-eu', request('/api/v1/'))
    expect(tally.evidence('shop-api', 1)).toMatchObject({calls: 2, coveredSince: 2000, firstSeen: 2000, lastSeen: 3000})
  })
})
