import {existsSync} from 'node:fs'
import {cp, readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {openPostgres, PASSWORD, POSTGRES, type PostgresRig} from '../support/postgres.ts'
import {openRig, type Rig} from '../support/rig.ts'
import {ranAction} from '../support/runner.ts'
import {shop} from '../support/shop.ts'

if (POSTGRES === undefined && process.env['CI'])
  throw new Error('postgresql is not installed: apt-get install postgresql')

describe.skipIf(POSTGRES === undefined)('apply, in the Action (needs the program postgres)', () => {
  let server: PostgresRig
  let rig: Rig
  beforeAll(async () => {
    rig = await openRig()
    server = await openPostgres()
  })
  afterAll(async () => {
    await rig.sweep()
    await rig.end()
    await server.end()
  })

  it('waits for a gate on one runner, green and with the way to go on, and goes on there on another', async () => {
    const state = new URL(server.address)
    state.password = ''
    await shop(rig, {state: state.href})
    await rig.write('sluice.yaml', dropping(await readFile(join(rig.folder, 'sluice.yaml'), 'utf8')))
    const env = {PGPASSWORD: PASSWORD}

    const planned = await ranAction(rig, {with: {}, env})
    expect([planned.code, planned.outputs['has-steps']], planned.log).toEqual([0, 'true'])
    const first = await ranAction(rig, {with: {command: 'apply', 'plan-file': 'sluice-plan.json'}, env})
    expect([first.code, first.outputs['state'], first.outputs['exit-code']], first.log).toEqual([0, 'waiting', '4'])
    expect(first.log).toMatch(/^::notice title=sluice is waiting::.*to go on, run this again with `rollout: \S+`/m)
    expect(first.summary).toContain(`rollout: ${first.outputs['rollout-id']}`)
    expect(first.log.split('\n').filter(line => line.includes(PASSWORD))).toEqual([`::add-mask::${PASSWORD}`])
    expect(existsSync(join(rig.folder, '.sluice/state.db'))).toBe(false)

    // Another runner has what is in git and what is in the database, and nothing else.
    await rm(join(rig.folder, 'sluice-plan.json'))
    const goOn = {command: 'apply', rollout: first.outputs['rollout-id'] ?? '', reason: 'nobody calls it'}
    const still = await ranAction(rig, {with: goOn, env})
    expect([still.code, still.outputs['state']], still.log).toEqual([0, 'waiting'])
    const went = await ranAction(rig, {with: {...goOn, waive: 'all'}, env})
    expect([went.code, went.outputs['state']], went.log).toEqual([0, 'succeeded'])
    expect(went.outputs['rollout-id']).toBe(first.outputs['rollout-id'])
    const again = await ranAction(rig, {with: {command: 'apply'}, env})
    expect([again.code, again.outputs['state']], again.log).toEqual([0, 'nothing-to-do'])
  })

  it('says what to do where the database does not let it in', async () => {
    const other = await openRig()
    try {
      await cp('test/fixtures/shop/sluice.yaml', join(other.folder, 'sluice.yaml'))
      const text = await readFile(join(other.folder, 'sluice.yaml'), 'utf8')
      const state = new URL(server.address)
      state.password = ''
      await other.write('sluice.yaml', text.replace('sluice: 1', `sluice: 1\nstate: ${state.href}`))
      const ran = await ranAction(other, {with: {command: 'apply'}, env: {PGPASSWORD: 'not-the-password'}})
      expect([ran.code, ran.outputs['state']], ran.log).toEqual([1, 'failed'])
      expect(ran.log).toMatch(/^::error title=sluice::.*does not let us in.*PGPASSWORD/m)
    } finally {
      await other.end()
    }
  })
})

/** A release that drops the major that everybody calls, behind the gate that asks whether anybody still does. */
function dropping(config: string): string {
  return config
    .replace('accounts-api: 1.0.0', 'accounts-api: [1.0.0, 2.0.0]')
    .replace('accounts-api: [1.0.0, 1.1.0]', 'accounts-api: 2.0.0')
    .replaceAll(/accounts-api: \^1\.\d/g, 'accounts-api: ^2')
}
