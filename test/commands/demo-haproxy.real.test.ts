import {expect, it} from 'vitest'
import type {DemoAccount} from '../../src/demo/account.ts'
import {haproxyVersion} from '../support/haproxy.ts'
import {rigged} from '../support/rig.ts'

const isHere = haproxyVersion() !== undefined

if (!isHere && process.env['CI']) throw new Error('haproxy is not installed: apt-get install haproxy')

it.skipIf(!isHere)('shows through haproxy what it shows without (needs the program haproxy)', async () => {
  const rig = await rigged()
  const {code, stdout, stderr} = await rig.sluice('demo', '--balancer', 'haproxy', '--json')
  expect(code, stderr).toBe(0)
  const {migration, broken} = JSON.parse(stdout) as DemoAccount
  expect(migration.failed).toBe(0)
  expect(migration.requests).toBeGreaterThan(500)
  expect(broken.takenBack).toBe(true)
  expect(stderr).toContain('accounts-api v1 has not been called')
  expect(rig.left()).toEqual([])
})
