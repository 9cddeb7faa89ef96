import {describe, expect, it} from 'vitest'
import {eventually} from '../support/eventually.ts'
import {haproxyRig, type HaproxyRig, haproxyVersion, SLOTS} from '../support/haproxy.ts'
import {openRig, type Rig} from '../support/rig.ts'
import {LOADS, shiftUnderLoad} from '../support/shifts.ts'
import {shop} from '../support/shop.ts'
import {send, sendSteadily} from '../support/traffic.ts'

const isHere = haproxyVersion() !== undefined

if (!isHere && process.env['CI']) throw new Error('haproxy is not installed: apt-get install haproxy')

/** The shop behind a HAProxy, as an operator has it. */
async function behindHaproxy(
  work: (rig: Rig, proxy: HaproxyRig) => Promise<void>,
  {byMap = false, bake = '0s'} = {},
): Promise<void> {
  const rig = await openRig()
  const proxy = await haproxyRig({backend: SLOTS, byMap})
  const {folder, address} = proxy
  const mode = byMap ? `, mode: map, map: ${folder}/split.map` : ''
  const options = `{ driver: haproxy, socket: ${folder}/admin.sock, stateFile: ${folder}/state${mode} }`
  try {
    await shop(rig, {balancer: {options, address}, bake, target: '{ accounts: 2.0.0 }'})
    await work(rig, proxy)
  } finally {
    await rig.sweep()
    await rig.end()
    await proxy.end()
  }
}

describe.skipIf(!isHere)('sluice through haproxy (needs the program haproxy)', () => {
  it.each([false, true])('loses nothing and no share to a reload in the middle of a rollout (map: %s)', async byMap => {
    await behindHaproxy(
      async (rig, proxy) => {
        const first = await rig.sluice('apply', '--yes', '--to', 'accounts=1.0.0')
        expect(first.code, first.stderr).toBe(0)
        const close = {Connection: 'close'}
        const loads = ['GET', 'POST'].map(method =>
          sendSteadily(proxy.address, {connections: 3, method, headers: close}),
        )
        const holder = rig.hold(process.execPath, `${process.cwd()}/bin/run.js`, 'apply', '--yes')
        let said = ''
        holder.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
        await eventually(() => said.includes('share 50 %'))
        await proxy.reload()
        const {bodies, failures} = await send(proxy.address, {requests: 200, connections: 2, headers: close})
        expect(failures).toEqual([])
        const next = Object.entries(bodies).filter(([body]) => body.includes('"release":"2.0.0"'))
        const share = next.reduce((sum, [, count]) => sum + count, 0) / 2
        // Others ask too, so these few need not be every second one.
        expect(Math.abs(share - 50)).toBeLessThanOrEqual(20)
        expect(await rig.sluice('rollout', 'promote', '--full')).toMatchObject({code: 0})
        await eventually(() => holder.exitCode !== null)
        expect(holder.exitCode, said).toBe(0)
        for (const load of loads) expect((await load.stop()).failures).toEqual([])
      },
      {byMap, bake: '10m'},
    )
  })

  it('fails no request in rollouts and take-backs under load', async () => {
    await behindHaproxy(async (rig, proxy) => {
      expect((await rig.sluice('apply', '--yes', '--to', 'accounts=1.0.0')).code).toBe(0)
      const {wrong, failures, requests} = await shiftUnderLoad(rig, LOADS.own(proxy.address), 2)
      expect(wrong).toEqual([])
      expect(failures).toEqual([])
      expect(requests).toBeGreaterThan(100)
    })
  })
})
