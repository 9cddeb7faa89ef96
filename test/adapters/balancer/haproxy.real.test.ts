import {connect} from 'node:net'
import {afterEach, describe, expect, it} from 'vitest'
import type {Result} from '../../../src/core/base/result.ts'
import type {Balancer, Pool} from '../../../src/ports/balancer.ts'
import {balancerSuite} from '../../conformance/balancer.ts'
import {type Backend, startBackend} from '../../support/backends.ts'
import {
  haproxyRig,
  haproxyVersion,
  SLOTS,
  stateFileOf,
  type HaproxyMade,
  type HaproxyRig,
} from '../../support/haproxy.ts'
import {send, sendSteadily} from '../../support/traffic.ts'

const isHere = haproxyVersion() !== undefined
const SERVICE = {name: 'shop', route: {backend: 'shop'}}

if (!isHere && process.env['CI']) throw new Error('haproxy is not installed: apt-get install haproxy')

describe.skipIf(!isHere)('haproxy (needs the program haproxy)', () => {
  for (const dynamic of [false, true]) {
    balancerSuite(
      dynamic ? 'haproxy with servers added at run time' : 'haproxy with slots',
      ['weight', 'counters', 'seamless'],
      async () => {
        const rig = await haproxyRig({backend: dynamic ? ['balance roundrobin'] : SLOTS})
        return {service: SERVICE, address: rig.address, open: async () => rig.open(dynamic), end: rig.end}
      },
      {grain: 0.5},
    )
  }

  describe('what it survives and refuses', () => {
    let rig: HaproxyRig
    const backends: Backend[] = []
    const open = async (made?: HaproxyMade, dynamic = false): Promise<Balancer> => {
      rig = await haproxyRig(made)
      return rig.open(dynamic)
    }
    const pool = async (id: string, count = 1): Promise<Pool> => {
      const started = await Promise.all(Array.from({length: count}, () => startBackend(id)))
      backends.push(...started)
      return {id, addresses: started.map(({address}) => address).sort()}
    }
    afterEach(async () => {
      await Promise.all(backends.splice(0).map(backend => backend.close()))
      await rig.end()
    })

    it('keeps its shares over a reload, from the first request on', async () => {
      const balancer = await open()
      const [current, next] = [await pool('1.0.0', 2), await pool('2.0.0')]
      good(await balancer.attach(SERVICE, current))
      good(
        await balancer.route(SERVICE, [
          {pool: current, share: 75},
          {pool: next, share: 25},
        ]),
      )
      expect(stateFileOf(rig)).toContain('shop')
      await rig.reload()
      const {bodies, failures} = await send(rig.address, {requests: 400, connections: 4})
      expect(failures).toEqual([])
      expect(Math.abs((bodies['2.0.0'] ?? 0) / 4 - 25)).toBeLessThanOrEqual(2)
      expect(good(await balancer.read(SERVICE)).pools.map(({id, share}) => [id, Math.round(share)])).toEqual([
        ['1.0.0', 75],
        ['2.0.0', 25],
      ])
    })

    it('notices a reload that took servers and weights away, and puts them back', async () => {
      const balancer = await open({backend: ['balance roundrobin']}, true)
      const [current, next] = [await pool('1.0.0'), await pool('2.0.0')]
      good(await balancer.attach(SERVICE, current))
      good(
        await balancer.route(SERVICE, [
          {pool: current, share: 50},
          {pool: next, share: 50},
        ]),
      )
      await rig.reload()
      expect(good(await balancer.read(SERVICE)).pools.map(({id, share}) => [id, share])).toEqual([
        ['1.0.0', 50],
        ['2.0.0', 50],
      ])
      expect((await send(rig.address, {requests: 100, connections: 4})).failures).toEqual([])
    })

    it('finds the pools of its own servers with its memory lost', async () => {
      const balancer = await open({backend: ['balance roundrobin']}, true)
      good(await balancer.attach(SERVICE, await pool('2.0.0~v1', 2)))
      const {rmSync} = await import('node:fs')
      rmSync(`${rig.folder}/shop.json`)
      expect(good(await rig.open(true).read(SERVICE)).pools).toMatchObject([{id: '2.0.0~v1', share: 100}])
    })

    it.each(['leastconn', 'static-rr'])('refuses a back end that balances by %s', async algorithm => {
      const balancer = await open({backend: [`balance ${algorithm}`, ...SLOTS.slice(1)]})
      expect(await balancer.read(SERVICE)).toMatchObject({
        ok: false,
        failure: {code: 'driver-unable', message: expect.stringContaining(algorithm) as string},
      })
    })

    it('refuses a socket that may not set weights', async () => {
      const balancer = await open({backend: SLOTS, level: 'operator'})
      expect(await balancer.read(SERVICE)).toMatchObject({
        ok: false,
        failure: {code: 'driver-unable', hint: expect.stringContaining('level admin') as string},
      })
    })

    it('refuses a back end without a slot left, having moved nothing', async () => {
      const balancer = await open({backend: ['balance roundrobin', 'server-template slot 1-1 127.0.0.1:1 disabled']})
      good(await balancer.attach(SERVICE, await pool('1.0.0')))
      expect(await balancer.attach(SERVICE, await pool('2.0.0'))).toMatchObject({
        ok: false,
        failure: {code: 'driver-unable'},
      })
      expect((await send(rig.address, {requests: 20, connections: 2})).bodies).toEqual({'1.0.0': 20})
    })

    it('refuses to route beside a server that belongs to nobody', async () => {
      const stranger = await pool('stranger')
      const balancer = await open({backend: [...SLOTS, `server old ${stranger.addresses[0]} weight 100`]})
      const mine = await pool('1.0.0')
      good(await balancer.attach(SERVICE, mine))
      expect(await balancer.route(SERVICE, [{pool: mine, share: 100}])).toMatchObject({
        ok: false,
        failure: {message: expect.stringContaining('shop/old') as string},
      })
    })

    it('names a back end that is not there, and a HAProxy that is gone', async () => {
      const balancer = await open()
      expect(await balancer.read({name: 'shop', route: {backend: 'shoop'}})).toMatchObject({
        ok: false,
        failure: {message: 'HAProxy has no back end "shoop"'},
      })
      await rig.end()
      expect(await balancer.read(SERVICE)).toMatchObject({ok: false, failure: {code: 'balancer-failed'}})
    })

    it('does not hang when every session of the socket is taken', async () => {
      const balancer = await open({backend: SLOTS, statsMaxconn: 2})
      const {endpoint} = rig
      if (endpoint.by !== 'unix') throw new Error('not a path')
      const held = Array.from({length: 2}, () => connect(endpoint.path).on('error', () => {}))
      for (const socket of held) socket.write('prompt\n')
      await new Promise(resolve => held[1]?.once('data', resolve))
      expect(await balancer.read(SERVICE)).toMatchObject({
        ok: false,
        failure: {hint: expect.stringContaining('stats maxconn') as string},
      })
      for (const socket of held) socket.destroy()
    })

    it('fails no request in twenty shifts there and back', {timeout: 120_000}, async () => {
      const balancer = await open()
      const [current, next] = [await pool('1.0.0', 2), await pool('2.0.0', 2)]
      good(await balancer.attach(SERVICE, current))
      const loads = [
        sendSteadily(rig.address, {connections: 8}),
        sendSteadily(rig.address, {connections: 8, method: 'POST'}),
      ]
      for (let round = 0; round < 20; round++) {
        for (const share of [10, 50, 100, 0])
          good(
            await balancer.route(SERVICE, [
              {pool: current, share: 100 - share},
              {pool: next, share},
            ]),
          )
      }
      for (const load of loads) expect((await load.stop()).failures).toEqual([])
    })
  })
})

function good<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failure.message)
  return result.value
}
