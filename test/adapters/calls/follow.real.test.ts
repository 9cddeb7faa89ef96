import {appendFileSync, renameSync, truncateSync, writeFileSync} from 'node:fs'
import {once} from 'node:events'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {clock} from '../../../src/adapters/clock.ts'
import {callsAt} from '../../../src/adapters/calls/record/open.ts'
import {usageRecord} from '../../../src/adapters/calls/record/record.ts'
import {usedOf, type Used} from '../../../src/core/usage/used.ts'
import {eventually} from '../../support/eventually.ts'
import {rigged, type Rig} from '../../support/rig.ts'

const SLUICE_YAML = `sluice: 1
system: shop
contracts: { accounts-api: { calls: { path: "/api/v{major}/" } } }
services: { accounts: {} }
environments: { production: {} }
usage: { sources: { lb1: { file: access.log } } }
`

const NAMES = ['billing', 'mail', 'shop']

/** So many calls of each of three clients, a few milliseconds ago. */
function calls(times: number): string {
  const line = (service: string) =>
    `${JSON.stringify({time: Date.now() / 1000, target: '/api/v1/x', status: 200, service})}\n`
  return NAMES.map(name => line(name).repeat(times)).join('')
}

async function usedIn(rig: Rig): Promise<Used> {
  const record = usageRecord(
    (await callsAt({file: join(rig.folder, '.sluice', 'usage.db')}, clock)).keeper,
    'production',
  )
  const recorded = await record.recorded()
  await record.close()
  if (!recorded.ok) throw new Error(recorded.failure.message)
  return usedOf(recorded.value, {}, [], Date.now())
}

const each = (times: number) => NAMES.map(name => [name, times])

async function counts(rig: Rig): Promise<readonly (readonly [string, number])[]> {
  const clients = (await usedIn(rig)).contracts[0]?.versions[0]?.clients ?? []
  return clients.map(({client, calls}) => [client.name, calls] as const)
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

describe('following a log', () => {
  it('reads over a rotation, and knows what a truncation may have lost', async () => {
    const rig = await rigged()
    await rig.write('sluice.yaml', SLUICE_YAML)
    const log = await rig.write('access.log', calls(10))
    const follower = rig.hold(process.execPath, join(process.cwd(), 'bin/run.js'), 'usage', '--follow')
    await eventually(async () => isSame(await counts(rig), each(10)))

    renameSync(log, `${log}.1`)
    // The balancer still writes into the old file until it is told to open the new one.
    appendFileSync(`${log}.1`, calls(5))
    writeFileSync(log, calls(20))
    await eventually(async () => isSame(await counts(rig), each(35)))
    expect((await usedIn(rig)).contracts[0]?.gaps).toEqual([])
    expect((await usedIn(rig)).contracts[0]?.coverage.since).toBeDefined()

    truncateSync(log, 0)
    appendFileSync(log, calls(1))
    await eventually(async () => isSame(await counts(rig), each(36)))
    await eventually(async () => (await usedIn(rig)).contracts[0]?.gaps.some(gap => gap.reason.includes('was cut')))

    follower.kill('SIGINT')
    expect(await once(follower, 'exit')).toEqual([0, null])
  })

  it('counts nothing twice and loses nothing when it is killed, again and again', async () => {
    const rig = await rigged()
    await rig.write('sluice.yaml', SLUICE_YAML)
    const log = await rig.write('access.log', calls(1))
    for (let kill = 1; kill <= 5; kill++) {
      const follower = rig.hold(process.execPath, join(process.cwd(), 'bin/run.js'), 'usage', '--follow')
      const before = (await counts(rig))[0]?.[1] ?? 0
      for (let burst = 0; burst < 20; burst++) {
        appendFileSync(log, calls(50))
        await new Promise(resolve => setTimeout(resolve, 10 * kill))
      }
      if (kill > 1) await eventually(async () => ((await counts(rig))[0]?.[1] ?? 0) > before)
      appendFileSync(log, calls(50))
      follower.kill('SIGKILL')
      await once(follower, 'exit')
    }
    const ran = await rig.sluice('usage', '--ingest', 'access.log')
    expect(ran).toMatchObject({code: 0})
    expect(await counts(rig)).toEqual(each(1 + 5 * 21 * 50))
  })
})
