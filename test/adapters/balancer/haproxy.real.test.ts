import {execFileSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import {Agent} from 'node:http'
import {connect} from 'node:net'
import {afterEach, describe, expect, it} from 'vitest'
import {haproxyByMap} from '../../../src/adapters/balancer/haproxy/map-driver.ts'
import {fileMemory} from '../../../src/adapters/balancer/haproxy/memory.ts'
import {openHaproxy} from '../../../src/adapters/balancer/haproxy/open.ts'
import {splitMap} from '../../../src/adapters/balancer/haproxy/split-map.ts'
import {clock} from '../../../src/adapters/clock.ts'
import type {Result} from '../../../src/core/base/result.ts'
import type {Balancer, Pool} from '../../../src/ports/balancer.ts'
import {balancerSuite} from '../../conformance/balancer.ts'
import {type Backend, startBackend} from '../../support/backends.ts'
import {freePort} from '../../support/ports.ts'
import {
  haproxyRig,
  haproxyVersion,
  mapOf,
  SLOTS,
  stateFileOf,
  type HaproxyMade,
  type HaproxyRig,
} from '../../support/haproxy.ts'
import {once, send, sendSteadily} from '../../support/traffic.ts'

const isHere = haproxyVersion() !== undefined
const SERVICE = {name: 'shop', route: {backend: 'shop'}}

if (!isHere && process.env['CI']) throw new Error('haproxy is not installed: apt-get install haproxy')

describe.skipIf(!isHere)('haproxy (needs the program haproxy)', () => {
  const SUITES = [
    {name: 'haproxy with slots', made: {backend: SLOTS}, dynamic: false, gaps: {grain: 0.5}},
    {
      name: 'haproxy with servers added at run time',
      made: {backend: ['balance roundrobin']},
      dynamic: true,
      gaps: {grain: 0.5},
    },
    {
      name: 'haproxy by a map',
      made: {backend: ['balance leastconn', ...SLOTS.slice(1)], byMap: true, brownouts: true},
      dynamic: false,
      gaps: {byChance: true},
    },
  ]
  for (const {name, made, dynamic, gaps} of SUITES) {
    balancerSuite(
      name,
      made.brownouts ? ['weight', 'counters', 'brownout', 'seamless'] : ['weight', 'counters', 'seamless'],
      async () => {
        const {address, end, dyingBeforeItNotes, open} = await haproxyRig(made)
        return {service: SERVICE, address, open: async () => open(dynamic), end, dyingBeforeItNotes}
      },
      gaps,
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

    it('frees the slots of a pool that has left, also over a reload', async () => {
      const balancer = await open({backend: ['balance roundrobin', 'server-template slot 1-2 127.0.0.1:1 disabled']})
      for (const id of ['1.0.0', '2.0.0', '3.0.0', '4.0.0']) {
        const next = await pool(id)
        good(await balancer.attach(SERVICE, next))
        good(await balancer.route(SERVICE, [{pool: next, share: 100}]))
        for (const old of good(await balancer.read(SERVICE)).pools.filter(other => other.id !== id))
          good(await balancer.detach(SERVICE, {id: old.id, addresses: []}, Date.now() + 30_000))
        await rig.reload()
      }
      expect((await send(rig.address, {requests: 20, connections: 2})).bodies).toEqual({'4.0.0': 20})
    })

    it('finds the pools of its own servers with its memory lost', async () => {
      const balancer = await open({backend: ['balance roundrobin']}, true)
      good(await balancer.attach(SERVICE, await pool('2.0.0~v1', 2)))
      const {rmSync} = await import('node:fs')
      rmSync(`${rig.folder}/shop.json`)
      expect(good(await rig.open(true).read(SERVICE)).pools).toMatchObject([{id: '2.0.0~v1', share: 100}])
    })

    it.each(['haproxy.cfg', 'map.cfg'])('takes the template %s as it is', async name => {
      rig = await haproxyRig()
      const own = readFileSync(`templates/haproxy/${name}`, 'utf8').replaceAll(
        /\/(run|etc|var\/lib)\/haproxy/g,
        rig.folder,
      )
      writeFileSync(`${rig.folder}/sluice.map`, '')
      writeFileSync(`${rig.folder}/template.cfg`, own)
      execFileSync('haproxy', ['-c', '-q', '-f', `${rig.folder}/template.cfg`])
    })

    describe('by a map', () => {
      const halves = async (share: number) => {
        const balancer = await open({backend: SLOTS, byMap: true})
        const [current, next] = [await pool('1.0.0'), await pool('2.0.0')]
        good(await balancer.attach(SERVICE, current))
        const split = async (to: number) =>
          good(
            await balancer.route(SERVICE, [
              {pool: current, share: 100 - to},
              {pool: next, share: to},
            ]),
          )
        await split(share)
        return {balancer, split}
      }
      const sharesOf = async (balancer: Balancer) =>
        Object.fromEntries(good(await balancer.read(SERVICE)).pools.map(({id, share}) => [id, share]))
      /** Who is answered by `next`. */
      const usersOnNext = async () => {
        const users = Array.from({length: 200}, (_, index) => `user-${index}`)
        const agent = new Agent({keepAlive: true, maxSockets: 1})
        const on = new Set<string>()
        for (const user of users)
          if ((await once(rig.address, {headers: {'X-User': user}}, agent)).text === '2.0.0') on.add(user)
        agent.destroy()
        return on
      }

      it('holds a hundredth of a percent', async () => {
        const {balancer} = await halves(0.01)
        expect(await sharesOf(balancer)).toEqual({'1.0.0': 99.99, '2.0.0': 0.01})
      })

      it('keeps each user where they are, and those who have moved when the share grows', async () => {
        const {split} = await halves(10)
        const few = await usersOnNext()
        expect(await usersOnNext()).toEqual(few)
        await split(50)
        const many = await usersOnNext()
        expect(many.size).toBeGreaterThan(few.size)
        expect([...few].filter(user => !many.has(user))).toEqual([])
      })

      it('keeps its share over a reload, from the first request on', async () => {
        const {balancer} = await halves(30)
        const before = await usersOnNext()
        writeFileSync(mapOf(rig.folder), `# mine\nother 7\n${readFileSync(mapOf(rig.folder), 'utf8')}`)
        await rig.reload()
        expect(await usersOnNext()).toEqual(before)
        expect(await sharesOf(balancer)).toEqual({'1.0.0': 70, '2.0.0': 30})
        expect(readFileSync(mapOf(rig.folder), 'utf8')).toBe('# mine\nother 7\n# shares\nshop 3000\n')
      })

      it('puts the share right that a reload took from elsewhere', async () => {
        const {balancer} = await halves(30)
        writeFileSync(mapOf(rig.folder), 'shop 9000\n')
        await rig.reload()
        expect(await sharesOf(balancer)).toEqual({'1.0.0': 70, '2.0.0': 30})
      })

      it('refuses a third pool, and a HAProxy that has no such map', async () => {
        const {balancer} = await halves(30)
        expect(await balancer.attach(SERVICE, await pool('3.0.0'))).toMatchObject({
          ok: false,
          failure: {code: 'driver-unable', message: expect.stringContaining('both sides taken, by 1.0.0 and 2.0.0')},
        })
        const elsewhere = haproxyByMap({
          endpoint: rig.endpoint,
          dynamic: false,
          clock,
          memory: () => fileMemory(`${rig.folder}/none.json`),
          map: splitMap(rig.endpoint, '/nowhere.map'),
        })
        expect(await elsewhere.read(SERVICE)).toMatchObject({
          ok: false,
          failure: {code: 'driver-unable', message: expect.stringContaining('HAProxy has no map /nowhere.map')},
        })
      })
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

    it('is asked over TLS, with a certificate of its own', async () => {
      const port = await freePort()
      await open({
        backend: SLOTS,
        more: folder => {
          certify(folder)
          return [
            'listen runtime',
            '  mode tcp',
            `  bind 127.0.0.1:${port} ssl crt ${folder}/both.pem ca-file ${folder}/cert.pem verify required`,
            `  server runtime unix@${folder}/admin.sock`,
            '',
          ].join('\n')
        },
      })
      const pems = {ca: `${rig.folder}/cert.pem`, cert: `${rig.folder}/cert.pem`, key: `${rig.folder}/key.pem`}
      const over = async (tls?: Partial<typeof pems>) => {
        const place = {environment: 'test', file: 'sluice.yaml', folder: `${rig.folder}/own`}
        const opened = await openHaproxy({socket: `127.0.0.1:${port}`, ...(tls && {tls})}, place)
        return opened.ok ? opened.value.balancer.read(SERVICE) : opened
      }
      expect(await over(pems)).toMatchObject({ok: true, value: {pools: []}})
      const about = (hint: string) => ({ok: false, failure: {hint: expect.stringContaining(hint) as string}})
      expect(await over({ca: pems.ca})).toMatchObject(about('tls.cert and tls.key'))
      expect(await over({cert: pems.cert, key: pems.key})).toMatchObject(about('tls.ca must have signed'))
      expect(await over()).toMatchObject(about('does it speak TLS there?'))
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

    it('fails no request in shifts there and back', {timeout: 120_000}, async () => {
      const balancer = await open()
      const [current, next] = [await pool('1.0.0', 2), await pool('2.0.0', 2)]
      good(await balancer.attach(SERVICE, current))
      const loads = [
        sendSteadily(rig.address, {connections: 8}),
        sendSteadily(rig.address, {connections: 8, method: 'POST'}),
      ]
      for (let round = 0; round < 8; round++) {
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

/** A certificate for this machine, signed by itself. */
function certify(folder: string): void {
  const words = 'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1'
  const files = ['-keyout', `${folder}/key.pem`, '-out', `${folder}/cert.pem`]
  execFileSync('openssl', [...words.split(' '), ...files], {stdio: 'ignore'})
  writeFileSync(
    `${folder}/both.pem`,
    readFileSync(`${folder}/cert.pem`, 'utf8') + readFileSync(`${folder}/key.pem`, 'utf8'),
  )
}

function good<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failure.message)
  return result.value
}
