import {readFileSync} from 'node:fs'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {RolloutShown} from '../../src/core/rollout/show.ts'
import {eventually} from '../support/eventually.ts'
import {openPostgres, PASSWORD, POSTGRES, type PostgresRig} from '../support/postgres.ts'
import {openRig} from '../support/rig.ts'
import {hurried, shop} from '../support/shop.ts'

const CONTRACTS = 'contracts: { accounts-api: { calls: { path: "/api/v{major}/" } } }'
const LOG = '10.0.1.2 - - [01/Feb/2026:13:14:14 +0100] "GET /api/v1/x HTTP/1.1" 200 12 "-" "okhttp/4.9.3"\n'

describe.skipIf(POSTGRES === undefined)('a record in postgresql, by command (needs the program postgres)', () => {
  let server: PostgresRig
  beforeAll(async () => void (server = await openPostgres()))
  afterAll(() => server.end())

  it('goes away in the middle of a rollout: it halts where it is, is resumed, and moves', async () => {
    const rig = await openRig()
    try {
      const address = await shop(rig, {state: server.address, bake: '4s'})
      const holder = rig.hold(process.execPath, `${process.cwd()}/bin/run.js`, 'apply', '--yes')
      let said = ''
      holder.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
      await eventually(() => said.includes('share 50 %'))
      // Standing still, it has not come to the end of its bake before the server is gone.
      holder.kill('SIGSTOP')
      const second = await rig.sluice('apply', '--yes')
      expect([second.code, second.stderr]).toEqual([5, expect.stringContaining(String(holder.pid))])
      const moving = await rig.sluice('state', 'move', '--to', 'local')
      expect([moving.code, moving.stderr]).toEqual([5, expect.stringContaining('its record stays where it is')])
      await server.kill()
      holder.kill('SIGCONT')
      await eventually(() => holder.exitCode !== null)
      expect([holder.exitCode, said]).toEqual([6, expect.stringContaining('nobody listens there')])
      const blind = await rig.sluice('status')
      expect([blind.code, blind.stderr]).toEqual([1, expect.stringContaining('cannot be reached')])
      expect((await fetch(`http://${address}/`)).status).toBe(200)

      await server.start()
      await hurried(rig)
      const resumed = await rig.sluice('rollout', 'resume', '--json')
      expect(resumed.code, resumed.stderr).toBe(0)
      expect((JSON.parse(resumed.stdout) as RolloutShown).state).toBe('succeeded')
      expect(await (await fetch(`http://${address}/`)).json()).toMatchObject({release: '2.0.0'})
      const status = await rig.sluice('status', '--sample', '0s')
      expect(status.stdout).toContain('2.0.0')
      for (const text of [said, second.stderr, blind.stderr, resumed.stderr, resumed.stdout, status.stdout])
        expect(text).not.toContain(encodeURIComponent(PASSWORD))

      await rig.write('access.log', LOG)
      const yaml = readFileSync(`${rig.folder}/sluice.yaml`, 'utf8').replace(/^services:/m, `${CONTRACTS}\nservices:`)
      await rig.write('sluice.yaml', yaml)
      expect(await rig.sluice('usage', '--ingest', 'access.log')).toMatchObject({code: 0})
      const before = (await rig.sluice('rollout', 'list', '--json')).stdout
      const callers = async () => (await rig.sluice('usage')).stdout
      expect(await callers()).toContain('okhttp/4.9.3')
      const moved = await rig.sluice('state', 'move', '--to', 'local')
      expect([moved.code, moved.stdout]).toEqual([0, expect.stringContaining('take `state` out of sluice.yaml')])
      const old = await rig.sluice('status')
      expect([old.code, old.stderr]).toEqual([1, expect.stringContaining('this record was moved to ')])
      await rig.write('sluice.yaml', yaml.replace(/^state:.*\n/m, ''))
      expect((await rig.sluice('rollout', 'list', '--json')).stdout).toBe(before)
      expect(await callers()).toContain('okhttp/4.9.3')
      const back = await rig.sluice('state', 'move', '--to', server.address, '--json')
      expect([back.code, JSON.parse(back.stdout)]).toEqual([
        0,
        expect.objectContaining({from: `${rig.folder}/.sluice/state.db`}),
      ])
      expect(back.stdout).not.toContain(encodeURIComponent(PASSWORD))
      await rig.write('sluice.yaml', yaml)
      expect((await rig.sluice('rollout', 'list', '--json')).stdout).toBe(before)
      expect((await rig.sluice('state', 'show')).stdout).toMatch(
        /^postgres:.*\n {2}2 rollouts, \d+ entries, 2 services\n$/,
      )
    } finally {
      await rig.sweep()
      await rig.end()
    }
  })
})
