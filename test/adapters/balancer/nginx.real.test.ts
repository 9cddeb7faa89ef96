import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {balancerSuite} from '../../conformance/balancer.ts'
import {type Backend, startBackend} from '../../support/backends.ts'
import {isNginxHere, type NginxRig, nginxRig} from '../../support/nginx.ts'
import {send} from '../../support/traffic.ts'

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
