import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {balancerSuite} from '../../conformance/balancer.ts'
import {type Backend, startBackend} from '../../support/backends.ts'
import {isNginxHere, type NginxRig, nginxRig} from '../../support/nginx.ts'
import {once, send} from '../../support/traffic.ts'

const isHere = isNginxHere()
const SERVICE = {name: 'shop', route: {backend: 'shop'}}

if (!isHere && process.env['CI']) throw new Error('nginx is not installed: apt-get install nginx')

describe.skipIf(!isHere)('nginx (needs the program nginx)', () => {
  balancerSuite(
    'nginx',
    ['weight'],
    async () => {
      const rig = await nginxRig()
      return {service: SERVICE, address: rig.address, open: async () => rig.open(), end: rig.end}
    },
    {grain: 0.1, blindToFlight: true},
  )
  balancerSuite(
    'nginx by split_clients',
    ['weight'],
    async () => {
      const rig = await nginxRig('$request_id')
      return {service: SERVICE, address: rig.address, open: async () => rig.open(), end: rig.end}
    },
    {blindToFlight: true, byChance: true},
  )

  it('keeps each user where they are, and those who have moved when the share grows', async () => {
    const rig = await nginxRig('$http_x_user')
    const backends = [await startBackend('1.0.0'), await startBackend('2.0.0')]
    const [current, next] = backends.map(({address}, index) => ({id: `${index + 1}.0.0`, addresses: [address]}))
    const balancer = rig.open()
    const usersOnNext = async (share: number) => {
      if (!current || !next) throw new Error('no pools')
      const shares = [
        {pool: current, share: 100 - share},
        {pool: next, share},
      ]
      expect(await balancer.route(SERVICE, shares)).toMatchObject({ok: true})
      const users = Array.from({length: 200}, (_, index) => `user-${index}`)
      const answers = users.map(async user => {
        const {text} = await once(rig.address, {headers: {'X-User': user}})
        return text === '2.0.0' ? [user] : []
      })
      return new Set((await Promise.all(answers)).flat())
    }
    const few = await usersOnNext(10)
    const many = await usersOnNext(50)
    expect(await usersOnNext(50)).toEqual(many)
    expect(many.size).toBeGreaterThan(few.size)
    expect([...few].filter(user => !many.has(user))).toEqual([])
    await Promise.all(backends.map(backend => backend.close()))
    await rig.end()
  })

  describe('when something else is wrong', () => {
    let rig: NginxRig
    let backend: Backend
    beforeEach(async () => {
      rig = await nginxRig()
      backend = await startBackend('1.0.0')
    })
    afterEach(async () => {
      await backend.close()
      await rig.end()
    })

    it('takes its file back when the configuration would not load, and says what nginx said', async () => {
      const balancer = rig.open()
      await balancer.attach(SERVICE, {id: '1.0.0', addresses: [backend.address]})
      const before = readFileSync(rig.file, 'utf8')
      writeFileSync(join(rig.folder, 'sluice', 'broken.conf'), 'upstream broken { server 127.0.0.1:1 weight=0; }\n')
      const refused = await balancer.attach(SERVICE, {id: '2.0.0', addresses: [backend.address]})
      expect(refused).toMatchObject({
        ok: false,
        failure: {code: 'balancer-failed', message: expect.stringContaining('invalid parameter "weight=0"') as string},
      })
      expect(readFileSync(rig.file, 'utf8')).toBe(before)
      expect((await send(rig.address, {requests: 20, connections: 2})).bodies).toEqual({'1.0.0': 20})
    })

    it('tells what the workers run, not what the file says', async () => {
      const balancer = rig.open()
      const other = await startBackend('2.0.0')
      const [current, next] = [
        {id: '1.0.0', addresses: [backend.address]},
        {id: '2.0.0', addresses: [other.address]},
      ]
      await balancer.attach(SERVICE, current)
      const before = readFileSync(rig.file, 'utf8')
      await balancer.route(SERVICE, [
        {pool: current, share: 0},
        {pool: next, share: 100},
      ])
      writeFileSync(rig.file, before)
      expect((await send(rig.address, {requests: 10, connections: 1})).bodies).toEqual({'2.0.0': 10})
      expect(await balancer.read(SERVICE)).toMatchObject({ok: true, value: {pools: [{id: '1.0.0', share: 100}]}})
      expect((await send(rig.address, {requests: 10, connections: 1})).bodies).toEqual({'1.0.0': 10})
      await other.close()
    })
  })
})
