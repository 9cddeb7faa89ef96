import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {clock} from '../../../src/adapters/clock.ts'
import {dockerRuntime} from '../../../src/adapters/runtime/docker/driver.ts'
import {engineAt} from '../../../src/adapters/runtime/docker/engine.ts'
import type {PoolSpec} from '../../../src/ports/runtime.ts'
import {type PoolWish, type RuntimeRig, specOf} from '../../conformance/runtime.ts'
import {APP_IMAGE, sharedEngine} from '../../support/docker.ts'

/** The pool as containers of test/fixtures/app. */
export function dockerPool(wish: PoolWish): PoolSpec {
  return specOf(wish, {image: `${APP_IMAGE}:{version}`, port: 8080})
}

/** The driver on the engine of this run. */
export async function dockerRig(): Promise<RuntimeRig> {
  const {socket, docker} = await sharedEngine()
  const folder = await mkdtemp(join(tmpdir(), 'sluice-docker-'))
  const owner = {system: 'shop', environment: 'test'}
  return {
    open: async () => dockerRuntime({owner, engine: await engineAt(socket), folder, clock}),
    pool: dockerPool,
    kill: async ({id}) => void docker('kill', id),
    async end() {
      const left = docker('ps', '-aq')
      if (left !== '') docker('rm', '-f', ...left.split('\n'))
      await rm(folder, {recursive: true, force: true})
      if (left !== '') throw new Error(`the test left containers behind: ${left}`)
    },
  }
}
