import {chownSync} from 'node:fs'
import {cp} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {describe, expect, it} from 'vitest'
import {APP_IMAGE, dockerVersion, sharedEngine} from '../support/docker.ts'
import {rigged} from '../support/rig.ts'

const HERE = dockerVersion()
if (HERE === undefined && process.env['CI']) throw new Error('docker is not installed: apt-get install docker.io')

describe.skipIf(HERE === undefined)('sluice in a container (needs the program dockerd)', () => {
  it('runs as somebody without a name, on a folder that is mounted', async () => {
    const rig = await rigged()
    await cp('test/fixtures/shop/sluice.yaml', join(rig.folder, 'sluice.yaml'))
    chownSync(rig.folder, 4321, 4321)
    const {docker} = await sharedEngine()
    const mounts = ['-v', `${resolve('.')}:/opt/sluice:ro`, '-v', `${rig.folder}:/work`, '-w', '/work']
    const nobody = ['run', '--rm', '--network', 'none', '--user', '4321:4321', ...mounts, `${APP_IMAGE}:1.0.0`]
    const sluice = (...args: readonly string[]) => docker(...nobody, 'node', '/opt/sluice/bin/run.js', ...args)
    expect(sluice('--version')).toMatch(/^sluice\//)
    expect(sluice('plan', '--out', 'plan.json')).toContain('4 deploys in 4 waves')
    expect((await rig.run('stat', '-c', '%u', 'plan.json')).stdout).toBe('4321\n')
  })
})
