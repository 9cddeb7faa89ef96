import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {clock} from '../../../src/adapters/clock.ts'
import {openRuntime} from '../../../src/adapters/runtime/registry.ts'
import type {PoolSpec, Runtime} from '../../../src/ports/runtime.ts'
import {type PoolWish, type RuntimeRig, specOf, valueOf} from '../../conformance/runtime.ts'
import {APP_IMAGE, sharedEngine} from '../../support/docker.ts'

/** The pool as containers of test/fixtures/app. */
export function dockerPool(wish: PoolWish = {}, more: Partial<PoolSpec['run']> = {}): PoolSpec {
  return specOf(wish, {image: `${APP_IMAGE}:{version}`, port: 8080, ...more})
}

/** A runtime of containers as the registry opens it, for the system `shop`. */
export async function openContainers(
  driver: 'docker' | 'swarm',
  options: Readonly<Record<string, unknown>>,
  folder: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Runtime> {
  const place = {system: 'shop', environment: 'test', file: join(folder, 'sluice.yaml'), folder, clock, env}
  return valueOf(await openRuntime({driver, options}, place))
}

/** The driver on the engine of this run. */
export async function dockerRig(): Promise<RuntimeRig> {
  const {socket, docker} = await sharedEngine()
  const folder = await mkdtemp(join(tmpdir(), 'sluice-docker-'))
  return {
    open: () => openContainers('docker', {socket}, folder),
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
