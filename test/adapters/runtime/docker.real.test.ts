import {describe, expect, it} from 'vitest'
import {clock} from '../../../src/adapters/clock.ts'
import {dockerRuntime} from '../../../src/adapters/runtime/docker/driver.ts'
import {engineAt} from '../../../src/adapters/runtime/docker/engine.ts'
import {runtimeConformance, valueOf} from '../../conformance/runtime.ts'
import {dockerVersion, ownEngine} from '../../support/docker.ts'
import {eventually} from '../../support/eventually.ts'
import {dockerPool, dockerRig} from './docker-rig.ts'

const isHere = dockerVersion() !== undefined

if (!isHere && process.env['CI'])
  throw new Error('docker is not installed, or may not be started: apt-get install docker.io')

describe.skipIf(!isHere)('docker (needs the program dockerd, and root)', () => {
  runtimeConformance('docker', dockerRig)

  it('fails with a hint while the engine is away, and finds what is left when it is back', async () => {
    const own = await ownEngine()
    try {
      const owner = {system: 'shop', environment: 'test'}
      const runtime = dockerRuntime({owner, engine: await engineAt(own.socket), folder: own.folder, clock})
      const spec = dockerPool({})
      valueOf(await runtime.start(spec))
      const [before] = await eventually(async () => {
        const seen = valueOf(await runtime.read(spec.service))
        return seen[0]?.health === 'healthy' && seen
      })
      await own.halt()
      expect(await runtime.read(spec.service)).toMatchObject({
        ok: false,
        failure: {code: 'runtime-failed', hint: expect.stringContaining('start Docker there')},
      })
      await own.resume()
      expect(valueOf(await runtime.list())).toMatchObject([{id: before?.id, health: 'exited'}])
    } finally {
      await own.end()
    }
  })
})
