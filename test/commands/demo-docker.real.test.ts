import {execFile} from 'node:child_process'
import {resolve} from 'node:path'
import {promisify} from 'node:util'
import {expect, it} from 'vitest'
import type {DemoAccount} from '../../src/demo/account.ts'
import {dockerVersion, sharedEngine} from '../support/docker.ts'
import {haproxyVersion} from '../support/haproxy.ts'
import {rigged} from '../support/rig.ts'

const isHere = dockerVersion() !== undefined && haproxyVersion() !== undefined

if (!isHere && process.env['CI']) throw new Error('a program is not installed: apt-get install docker.io haproxy')

it.skipIf(!isHere)(
  'shows in containers, through haproxy, what it shows without (needs dockerd and haproxy)',
  async () => {
    const rig = await rigged()
    const engine = await sharedEngine()
    const env = {...rig.env, DOCKER_HOST: `unix://${engine.socket}`}
    const args = [resolve('bin/run.js'), 'demo', '--runtime', 'docker', '--balancer', 'haproxy', '--json']
    const {stdout, stderr} = await promisify(execFile)(process.execPath, args, {
      cwd: rig.folder,
      env,
      maxBuffer: 1 << 26,
    })
    const {migration, broken} = JSON.parse(stdout) as DemoAccount
    expect(migration.failed).toBe(0)
    expect(migration.requests).toBeGreaterThan(500)
    expect(broken.takenBack).toBe(true)
    expect(stderr).toContain('accounts-api v1 has not been called')
    expect(engine.docker('ps', '--all', '--quiet', '--filter', 'label=sluice.system')).toBe('')
    expect(engine.docker('images', '--quiet', 'sluice-demo')).toBe('')
    expect(rig.left()).toEqual([])
  },
  300_000,
)
