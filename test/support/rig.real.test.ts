import {expect, it} from 'vitest'
import {identify, isAlive} from '../../src/adapters/processes/identity.ts'
import {eventually} from './eventually.ts'
import {openRig, rigged} from './rig.ts'

const FOREVER = 'setInterval(() => {}, 1e6)'

it('runs the built program in a folder of its own', async () => {
  const {sluice} = await rigged()
  expect(await sluice('--version')).toMatchObject({code: 0, stderr: '', stdout: expect.stringContaining('0.')})
  expect(await sluice('no-such-command')).toMatchObject({code: 2})
})

it('ends what it holds, and what was left behind, which it tells of', async () => {
  const rig = await openRig()
  const leaving = `require('child_process').spawn(process.execPath, ['-e', '${FOREVER}'], {detached: true, stdio: 'ignore'}); ${FOREVER}`
  const held = rig.hold(process.execPath, '-e', leaving)
  const own = await eventually(() => identify(held.pid ?? 0))
  await eventually(() => rig.left().length === 2)
  await expect(rig.end()).rejects.toThrow('left processes behind')
  expect([isAlive(own), rig.left().length]).toEqual([false, 0])
})

it('may be swept by a test that leaves something on purpose', async () => {
  const rig = await openRig()
  rig.hold(process.execPath, '-e', FOREVER)
  await eventually(() => rig.left().length === 1)
  expect(await rig.sweep()).toEqual([expect.stringContaining('setInterval')])
  await expect(rig.end()).resolves.toBeUndefined()
})
