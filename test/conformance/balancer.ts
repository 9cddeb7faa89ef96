import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import type {Ability, Balanced, Balancer, Calls, Pool, RoutedService} from '../../src/ports/balancer.ts'
import type {Result} from '../../src/core/base/result.ts'
import {type Backend, startBackend} from '../support/backends.ts'
import {eventually} from '../support/eventually.ts'
import {once, send, sendSteadily} from '../support/traffic.ts'

/** A balancer that really runs, with one service that nothing else uses. */
export interface BalancerRig {
  readonly service: RoutedService
  /** `host:port` where the service's clients ask. */
  readonly address: string
  /** The driver, made anew each time, as the next command would make it. */
  open(): Promise<Balancer & Partial<Calls>>
  /** Where the instances of a pool must be, for a balancer that is configured beforehand. Pools have up to 3. */
  readonly ports?: (pool: PoolName) => readonly number[]
  /**
   * Runs a verb, and then makes the driver's own notes what they were before, as if it had been killed between telling
   * the balancer and writing that down. Absent where the two are one.
   */
  readonly dyingBeforeItNotes?: (verb: () => Promise<unknown>) => Promise<void>
  end(): Promise<void>
}

type PoolName = '1.0.0' | '2.0.0'

/** What a driver cannot do beyond what its abilities say. */
export interface Gaps {
  /** The smallest change of a share in points; 0.5 where weights are coarse. */
  readonly grain?: number
  /** It forgets a pool at the deadline at the latest, but cannot see requests in flight. */
  readonly blindToFlight?: boolean
  /** Addresses of a known pool cannot change. */
  readonly fixedAddresses?: boolean
  /** Each request goes by chance, not in turns: shares are held only within what chance allows. */
  readonly byChance?: boolean
}

const CALLS = [{contract: 'shop-api', pattern: {in: 'path', pattern: '/api/v{major}/'}}] as const
const SHARES = [0, 1, 5, 10, 25, 50, 90, 99, 100]
/** Of a split, besides the grain. */
const TOLERANCE = 1

/** What the engine relies on. Every driver's real test calls this. */
export function balancerSuite(
  name: string,
  can: readonly Ability[],
  makeRig: () => Promise<BalancerRig>,
  gaps: Gaps = {},
): void {
  const grain = gaps.grain ?? 0.01
  const has = (ability: Ability) => can.includes(ability)
  /** Points by which a share of so many requests may be off; nothing and everything are exact. */
  const tolerated = (share: number, requests: number) => {
    if (share === 0 || share === 100) return 0
    const chance = gaps.byChance ? 4 * Math.sqrt((share * (100 - share)) / requests) : 0
    return TOLERANCE + grain + chance
  }
  let rig: BalancerRig
  let backends: Map<PoolName, Backend[]>
  let balancer: Balancer & Partial<Calls>

  const pool = async (id: PoolName, count: number): Promise<Pool> => {
    const ports = rig.ports?.(id) ?? []
    const started = await Promise.all(Array.from({length: count}, (_, index) => startBackend(id, ports[index] ?? 0)))
    backends.set(id, [...(backends.get(id) ?? []), ...started])
    return {id, addresses: started.map(({address}) => address).sort()}
  }
  const both = async (currents: number, nexts: number): Promise<[Pool, Pool]> => {
    const pools: [Pool, Pool] = [await pool('1.0.0', currents), await pool('2.0.0', nexts)]
    for (const each of pools) good(await balancer.attach(rig.service, each))
    return pools
  }
  const split = (current: Pool, next: Pool, share: number) =>
    balancer.route(rig.service, [
      {pool: next, share},
      {pool: current, share: 100 - share},
    ])
  const read = async (): Promise<Balanced> => good(await balancer.read(rig.service))
  const shareOf = async (id: PoolName) => (await read()).pools.find(found => found.id === id)?.share
  const theBackend = (id: PoolName) => backends.get(id)?.[0] ?? raise(`no backend of ${id}`)

  describe(`${name} as a balancer`, () => {
    beforeEach(async () => {
      backends = new Map()
      rig = await makeRig()
      balancer = await rig.open()
    })
    afterEach(async () => {
      await Promise.all([...backends.values()].flat().map(backend => backend.close()))
      await rig.end()
    })

    it('says what it can', () => {
      expect([...balancer.can].sort()).toEqual([...can].sort())
    })

    it('knows nothing of a service that nobody attached', async () => {
      expect((await read()).pools).toEqual([])
    })

    it('gives the first pool of a service everything', async () => {
      good(await balancer.attach(rig.service, await pool('1.0.0', 2)))
      expect(await shareOf('1.0.0')).toBe(100)
      expect((await send(rig.address, {requests: 50, connections: 4})).bodies).toEqual({'1.0.0': 50})
    })

    it('moves nothing when a pool is attached, first or again', async () => {
      const [current, next] = await both(2, 2)
      expect(await shareOf('2.0.0')).toBe(0)
      expect((await send(rig.address, {requests: 100, connections: 4})).bodies).toEqual({'1.0.0': 100})
      good(await split(current, next, 50))
      good(await balancer.attach(rig.service, next))
      good(await balancer.attach(rig.service, current))
      expect(await shareOf('2.0.0')).toBeCloseTo(50)
    })

    it.runIf(has('weight'))('splits as asked, and tells so', {timeout: 120_000}, async () => {
      const [current, next] = await both(2, 2)
      for (const share of SHARES) {
        good(await split(current, next, share))
        expect(Math.abs(((await shareOf('2.0.0')) ?? -100) - share), `share read at ${share}`).toBeLessThanOrEqual(
          grain,
        )
        const {bodies, failures} = await send(rig.address, {requests: 1000, connections: 16})
        expect(failures).toEqual([])
        const measured = (bodies['2.0.0'] ?? 0) / 10
        expect(Math.abs(measured - share), `share measured at ${share}`).toBeLessThanOrEqual(tolerated(share, 1000))
      }
    })

    it.runIf(has('weight'))('splits by pool, however many instances each has', async () => {
      const [current, next] = await both(1, 3)
      good(await split(current, next, 25))
      const {bodies, failures} = await send(rig.address, {requests: 1000, connections: 16})
      expect(failures).toEqual([])
      expect(Math.abs((bodies['2.0.0'] ?? 0) / 10 - 25)).toBeLessThanOrEqual(tolerated(25, 1000))
      expect(await shareOf('2.0.0')).toBeCloseTo(25, 0)
      const counts = backends.get('2.0.0')?.map(({requests}) => requests) ?? []
      expect(Math.min(...counts), 'every instance gets its part').toBeGreaterThan(0)
    })

    it('is asked twice as well as once', async () => {
      const [current, next] = await both(1, 1)
      good(await balancer.attach(rig.service, next))
      good(await split(current, next, 100))
      const first = sharesIn(await read())
      good(await split(current, next, 100))
      expect(sharesIn(await read())).toEqual(first)
      good(await balancer.detach(rig.service, current, Date.now() + 30_000))
      good(await balancer.detach(rig.service, current, Date.now() + 30_000))
      expect(sharesIn(await read())).toEqual({'2.0.0': 100})
    })

    it('is asked twice at once as well as once', async () => {
      const [current, next] = await both(1, 1)
      for (const result of await Promise.all([split(current, next, 100), split(current, next, 100)])) good(result)
      expect(sharesIn(await read())).toEqual({'1.0.0': 0, '2.0.0': 100})
      expect((await send(rig.address, {requests: 20, connections: 2})).bodies).toEqual({'2.0.0': 20})
    })

    it('lets an old holder move nothing once a new one has changed or looked', async () => {
      const [current, next] = await both(1, 1)
      const old = {...rig.service, fence: 7}
      good(await balancer.route(old, [{pool: current, share: 100}]))
      good(await balancer.route({...old, fence: 8}, [{pool: current, share: 100}]))
      expect((await balancer.read(old)).ok).toBe(false)
      balancer = await rig.open()
      good(await balancer.read({...old, fence: 9}))
      const eight = {...old, fence: 8}
      const refused = [
        await balancer.route(eight, [{pool: next, share: 100}]),
        await balancer.attach(eight, {...current, addresses: next.addresses}),
        await balancer.detach(eight, next, Date.now() + 100),
      ]
      expect(refused.map(answer => (answer.ok ? 'done' : answer.failure.code))).toEqual(['locked', 'locked', 'locked'])
      expect(sharesIn(await read())).toEqual({'1.0.0': 100, '2.0.0': 0})
      expect((await send(rig.address, {requests: 20, connections: 2})).bodies).toEqual({'1.0.0': 20})
      good(await balancer.route({...old, fence: 9}, [{pool: next, share: 100}]))
      expect((await send(rig.address, {requests: 20, connections: 2})).bodies).toEqual({'2.0.0': 20})
    })

    it('tells what is there where it died before it had noted it, and moves nothing by attaching again', async () => {
      const [current, next] = await both(1, 2)
      const dying = rig.dyingBeforeItNotes ?? (verb => verb())
      await dying(async () => good(await split(current, next, 50)))
      balancer = await rig.open()
      expect(Math.abs(((await shareOf('2.0.0')) ?? 0) - 50)).toBeLessThanOrEqual(grain)
      for (const each of [current, next]) good(await balancer.attach(rig.service, each))
      expect(Math.abs(((await shareOf('2.0.0')) ?? 0) - 50)).toBeLessThanOrEqual(grain)
      await dying(async () => good(await split(current, next, 0)))
      await dying(async () => good(await balancer.detach(rig.service, next, Date.now() + 30_000)))
      balancer = await rig.open()
      expect(await shareOf('1.0.0')).toBe(100)
      good(await balancer.detach(rig.service, next, Date.now() + 30_000))
      expect(sharesIn(await read())).toEqual({'1.0.0': 100})
      expect((await send(rig.address, {requests: 20, connections: 2})).bodies).toEqual({'1.0.0': 20})
    })

    it('lets pools that are left out go to 0', async () => {
      const [, next] = await both(1, 1)
      good(await balancer.route(rig.service, [{pool: next, share: 100}]))
      expect(sharesIn(await read())).toEqual({'1.0.0': 0, '2.0.0': 100})
    })

    it('routes to a pool that it did not know as if it had been attached', async () => {
      const [current, next] = [await pool('1.0.0', 1), await pool('2.0.0', 1)]
      good(await balancer.attach(rig.service, current))
      good(await split(current, next, 100))
      expect((await send(rig.address, {requests: 20, connections: 2})).bodies).toEqual({'2.0.0': 20})
    })

    it('routes away from a pool that has no instance left', async () => {
      const [current, next] = await both(1, 1)
      good(await split(current, next, 100))
      good(await split(current, {...next, addresses: []}, 0))
      expect(await shareOf('1.0.0')).toBe(100)
      expect((await send(rig.address, {requests: 20, connections: 2})).bodies).toEqual({'1.0.0': 20})
    })

    it('never takes all weight away', async () => {
      const [current, next] = await both(1, 1)
      const refused = await balancer.route(rig.service, [
        {pool: current, share: 0},
        {pool: next, share: 0},
      ])
      expect(refused.ok).toBe(false)
      expect((await balancer.route(rig.service, [])).ok).toBe(false)
      expect(sharesIn(await read())).toEqual({'1.0.0': 100, '2.0.0': 0})
      expect((await send(rig.address, {requests: 20, connections: 2})).failures).toEqual([])
    })

    it('does not detach a pool that has traffic while there is another', async () => {
      const [current] = await both(1, 1)
      expect((await balancer.detach(rig.service, current, Date.now() + 100)).ok).toBe(false)
      expect((await send(rig.address, {requests: 20, connections: 2})).bodies).toEqual({'1.0.0': 20})
    })

    it('lets a service go with its only pool', async () => {
      const current = await pool('1.0.0', 1)
      good(await balancer.attach(rig.service, current))
      good(await balancer.detach(rig.service, current, Date.now() + 30_000))
      expect((await read()).pools).toEqual([])
    })

    it('detaches what it does not know without a word', async () => {
      good(await balancer.detach(rig.service, {id: '9.9.9', addresses: []}, Date.now() + 100))
      await both(1, 1)
      good(await balancer.detach(rig.service, {id: '9.9.9', addresses: []}, Date.now() + 100))
      expect(sharesIn(await read())).toEqual({'1.0.0': 100, '2.0.0': 0})
    })

    it.runIf(!gaps.blindToFlight)('waits for what is in flight before it forgets a pool', async () => {
      const [current, next] = await both(1, 1)
      const held = theBackend('1.0.0')
      const release = held.hold()
      const answers = Promise.all([once(rig.address, {}), once(rig.address, {method: 'POST'})])
      await held.holding(2)
      expect(inFlightOf(await read(), '1.0.0')).toBe(2)
      good(await split(current, next, 100))
      let isDetached = false
      const detached = balancer.detach(rig.service, current, Date.now() + 30_000).then(result => {
        isDetached = true
        return result
      })
      expect((await send(rig.address, {requests: 200, connections: 4})).bodies).toEqual({'2.0.0': 200})
      expect(isDetached).toBe(false)
      release()
      good(await detached)
      expect(await answers).toEqual([
        {status: 200, text: '1.0.0'},
        {status: 200, text: '1.0.0'},
      ])
      expect(sharesIn(await read())).toEqual({'2.0.0': 100})
    })

    it('forgets a pool at the deadline, whatever is in flight', async () => {
      const [current, next] = await both(1, 1)
      const held = theBackend('1.0.0')
      const release = held.hold()
      const answer = once(rig.address, {})
      await held.holding(1)
      good(await split(current, next, 100))
      good(await balancer.detach(rig.service, current, Date.now() + 300))
      expect(sharesIn(await read())).toEqual({'2.0.0': 100})
      release()
      await answer
    })

    it('is the same to the next command in mid-rollout', async () => {
      const [current, next] = await both(2, 1)
      good(await split(current, next, 50))
      const before = sharesIn(await read())
      balancer = await rig.open()
      expect(sharesIn(await read())).toEqual(before)
      good(await balancer.attach(rig.service, current))
      good(await balancer.attach(rig.service, next))
      expect(sharesIn(await read())).toEqual(before)
      good(await split(current, next, 100))
      expect((await send(rig.address, {requests: 50, connections: 4})).bodies).toEqual({'2.0.0': 50})
    })

    it.runIf(!gaps.fixedAddresses)('takes over the addresses of an attached pool, and keeps its share', async () => {
      const [current, next] = await both(1, 1)
      good(await split(current, next, 50))
      const moved = await pool('2.0.0', 2)
      good(await balancer.attach(rig.service, moved))
      const found = (await read()).pools.find(({id}) => id === '2.0.0')
      expect(found?.share).toBeCloseTo(50)
      expect(found?.servers.map(({address}) => address).sort()).toEqual(moved.addresses)
      const before = theBackend('2.0.0').requests
      const {bodies, failures} = await send(rig.address, {requests: 200, connections: 8})
      expect(failures).toEqual([])
      expect(Math.abs((bodies['2.0.0'] ?? 0) / 2 - 50)).toBeLessThanOrEqual(tolerated(50, 200))
      expect(theBackend('2.0.0').requests).toBe(before)
    })

    it.runIf(has('seamless'))(
      'fails no request while shares change and pools come and go',
      {timeout: 60_000},
      async () => {
        const [current, next] = await both(2, 2)
        const reading = sendSteadily(rig.address, {connections: 8})
        const writing = sendSteadily(rig.address, {connections: 8, method: 'POST'})
        for (let round = 0; round < 4; round++) {
          for (const share of [5, 50, 100]) good(await split(current, next, share))
          good(await balancer.detach(rig.service, current, Date.now() + 30_000))
          good(await balancer.attach(rig.service, current))
          good(await split(current, next, 0))
          good(await balancer.detach(rig.service, next, Date.now() + 30_000))
          good(await balancer.attach(rig.service, next))
        }
        if (!gaps.fixedAddresses) good(await balancer.attach(rig.service, await pool('1.0.0', 3)))
        expect([...(await reading.stop()).failures, ...(await writing.stop()).failures]).toEqual([])
      },
    )

    it.runIf(has('counters'))('counts requests and errors per pool', async () => {
      const [current, next] = await both(1, 1)
      good(await split(current, next, 50))
      theBackend('2.0.0').answerWith(500)
      const before = countersIn(await read())
      await send(rig.address, {requests: 100, connections: 4})
      const reached = theBackend('2.0.0').requests
      // A request may be counted a moment after its client has the answer.
      const after = await eventually(async () => {
        const seen = countersIn(await read())
        const counted = (seen['1.0.0']?.requests ?? 0) + (seen['2.0.0']?.requests ?? 0)
        return counted >= 100 && (seen['2.0.0']?.errors ?? 0) >= reached && seen
      })
      expect(after['1.0.0']?.epoch).toBe(before['1.0.0']?.epoch)
      expect(Math.abs(reached - 50)).toBeLessThanOrEqual(gaps.byChance ? tolerated(50, 100) : 0)
      expect(after['1.0.0']).toMatchObject({requests: 100 - reached, errors: 0})
      expect(after['2.0.0']).toMatchObject({requests: reached, errors: reached})
    })

    it.runIf(has('latency'))('counts every answer once by its latency', async () => {
      await both(1, 1)
      await send(rig.address, {requests: 50, connections: 4})
      const latency = await eventually(async () => {
        const seen = countersIn(await read())['1.0.0']
        return (seen?.requests ?? 0) >= 50 && (seen?.latency ?? [])
      })
      expect(latency.reduce((sum, {count}) => sum + count, 0)).toBe(50)
      expect(latency.at(-1)?.leMs).toBe(Number.POSITIVE_INFINITY)
    })

    it.runIf(has('brownout'))('answers 410 to a part of the calls to one version, until it is ended', async () => {
      const service: RoutedService = {...rig.service, calls: CALLS}
      good(await balancer.attach(service, await pool('1.0.0', 1)))
      const late = Date.now() + 600_000
      const gone = async (path: string) => (await send(rig.address, {requests: 200, connections: 4, path})).failures
      good(
        (await balancer.brownOut?.(service, {contract: 'shop-api', major: 1, share: 50}, late)) ?? raise('it cannot'),
      )
      expect(good(await balancer.read(service)).gone).toEqual([{contract: 'shop-api', major: 1, share: 50}])
      const answers = await gone('/api/v1/x')
      expect(Math.abs(answers.length - 100)).toBeLessThanOrEqual(has('latency') ? 1 : 40)
      expect(answers.every(text => text.startsWith('410 '))).toBe(true)
      expect([...(await gone('/api/v2/x')), ...(await gone('/api/v11')), ...(await gone('/'))]).toEqual([])
      good((await balancer.brownOut?.(service, {contract: 'shop-api', major: 1, share: 0}, late)) ?? raise('it cannot'))
      expect(good(await balancer.read(service)).gone).toEqual([])
      expect(await gone('/api/v1/x')).toEqual([])
    })

    it.runIf(has('brownout'))('ends a brownout by itself when its time is over', async () => {
      const service: RoutedService = {...rig.service, calls: CALLS}
      good(await balancer.attach(service, await pool('1.0.0', 1)))
      const goneFor = async (ms: number) => {
        const gone = {contract: 'shop-api', major: 1, share: 100}
        good((await balancer.brownOut?.(service, gone, Date.now() + ms)) ?? raise('it cannot'))
      }
      await goneFor(60_000)
      const spelled = [
        '/api/V01/x',
        '//api/v1/x',
        '/api/%76%31/x',
        '/./api/v1;y',
        '/a/b/../../api/v2/.././v1',
        '/api/v1',
      ]
      const statuses = await Promise.all(spelled.map(async path => (await once(rig.address, {path})).status))
      expect(statuses).toEqual(spelled.map(() => 410))
      expect((await once(rig.address, {path: '/api/v1/../v2/x'})).status).toBe(200)
      await goneFor(1000)
      await eventually(async () => (await once(rig.address, {path: '/api/v1/x'})).status === 200)
      expect(good(await (await rig.open()).read(service)).gone).toEqual([])
    })

    it.runIf(has('counters'))('begins a new epoch when it begins to count anew', async () => {
      const [current, next] = await both(1, 1)
      await send(rig.address, {requests: 10, connections: 1})
      const before = await eventually(async () => {
        const seen = countersIn(await read())['1.0.0']
        return seen?.requests === 10 && seen
      })
      good(await split(current, next, 100))
      good(await balancer.detach(rig.service, current, Date.now() + 30_000))
      good(await balancer.attach(rig.service, current))
      const after = countersIn(await read())['1.0.0']
      expect(after?.requests === before.requests || after?.epoch !== before.epoch).toBe(true)
    })
  })
}

function good<T>(result: Result<T>): T {
  return result.ok ? result.value : raise(result.failure.message)
}

function raise(message: string): never {
  throw new Error(message)
}

function sharesIn(balanced: Balanced): Record<string, number> {
  return Object.fromEntries(balanced.pools.map(({id, share}) => [id, share]))
}

function countersIn(balanced: Balanced) {
  return Object.fromEntries(balanced.pools.map(({id, counters}) => [id, counters]))
}

function inFlightOf(balanced: Balanced, id: string): number {
  const servers = balanced.pools.find(pool => pool.id === id)?.servers ?? []
  return servers.reduce((sum, {inFlight}) => sum + inFlight, 0)
}
