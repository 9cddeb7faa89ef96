import {cp} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {shutdownBalancer} from '../../src/adapters/balancer/embedded/driver.ts'
import type {RolloutShown} from '../../src/core/rollout/show.ts'
import {eventually} from '../support/eventually.ts'
import {freePort} from '../support/ports.ts'
import {openRig, type Rig} from '../support/rig.ts'
import {once} from '../support/traffic.ts'

const sluiceYaml = (address: string) => `sluice: 1
system: shop
contracts:
  accounts-api:
    calls: { path: "/api/v{major}/" }
    quiet: 1s
    brownout: { share: 50, for: 5s, checks: [{ command: test ! -e complaint, interval: 200ms }] }
services:
  accounts:
    role: backend
    run: { command: node server.mjs, health: { path: /healthz, timeout: 10s }, stop: { drain: 500ms } }
    route: { backend: accounts, listen: "${address}" }
    releases:
      1.0.0: { provides: { accounts-api: [1.0.0, 2.0.0] } }
      2.0.0: { provides: { accounts-api: 2.0.0 } }
environments:
  production:
    current: { accounts: 1.0.0 }
    target: { accounts: 2.0.0 }
`

describe('a brownout, by the real command and the balancer that comes with it', () => {
  let rig: Rig
  let address: string

  beforeEach(async () => {
    rig = await openRig()
    address = `127.0.0.1:${await freePort()}`
    await cp(resolve('test/fixtures/app/server.mjs'), join(rig.folder, 'server.mjs'))
    await rig.write('sluice.yaml', sluiceYaml(address))
  })
  afterEach(async () => {
    await shutdownBalancer(join(rig.folder, '.sluice', 'production', 'balancer'), 0)
    await rig.end()
  })

  const call = async (client: string, major = 1) =>
    (await once(address, {path: `/api/v${major}/accounts`, headers: {'X-Service-Name': client}})).status
  const isBrowningOut = () => eventually(async () => [await call('probe'), await call('probe')].includes(410))
  const shown = async () => JSON.parse((await rig.sluice('rollout', 'show', '--json')).stdout) as RolloutShown

  it('answers 410 to its share, leaves nothing when it is killed, and ends on a complaint that names who called', async () => {
    expect(await rig.sluice('apply', '--yes', '--to', 'accounts=1.0.0')).toMatchObject({code: 0})
    const killed = rig.hold(process.execPath, resolve('bin/run.js'), 'apply', '--yes', '--waive', 'all')
    await isBrowningOut()
    const answers = await Promise.all(Array.from({length: 20}, () => call('billing')))
    expect(answers.filter(status => status === 410).length).toBeGreaterThanOrEqual(9)
    expect(await Promise.all([call('billing', 2), call('billing', 2), call('billing', 2)])).not.toContain(410)
    killed.kill('SIGKILL')
    await eventually(async () => (await Promise.all([call('a'), call('a'), call('a')])).every(status => status === 200))

    const resumed = rig.sluice('rollout', 'resume', '--waive', 'all')
    await isBrowningOut()
    await call('quarterly-report')
    await rig.write('complaint', '')
    const ended = await resumed
    expect(ended.code).toBe(1)
    expect(ended.stderr).toMatch(/410 to 50% of the calls to accounts-api v1: .* was called by .*quarterly-report/s)
    expect(await Promise.all(Array.from({length: 10}, () => call('billing')))).toEqual(
      Array.from({length: 10}, () => 200),
    )
    expect((await shown()).state).toBe('failed')
    await rig.write('sluice.yaml', sluiceYaml(address).replace(/brownout: .*/, ''))
    expect(await rig.sluice('apply', '--yes', '--waive', 'all', '--to', 'accounts=none')).toMatchObject({code: 0})
  })
})
