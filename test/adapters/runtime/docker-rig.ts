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
  {folder, environment = 'test', env = {}}: ContainersPlace,
): Promise<Runtime> {
  const place = {system: 'shop', environment, file: join(folder, 'sluice.yaml'), folder, clock, env}
  return valueOf(await openRuntime({driver, options}, place))
}

interface ContainersPlace {
  readonly folder: string
  readonly environment?: string
  readonly env?: NodeJS.ProcessEnv
}

let rigs = 0

/** An environment that no other test of the file has. */
export function ownEnvironment(): string {
  return `test${++rigs}`
}

/** The driver on the engine of this run, in an environment of its own. */
export async function dockerRig(): Promise<RuntimeRig> {
  const {socket, docker} = await sharedEngine()
  const folder = await mkdtemp(join(tmpdir(), 'sluice-docker-'))
  const environment = ownEnvironment()
  return {
    open: () => openContainers('docker', {socket}, {folder, environment}),
    pool: wish => ({...dockerPool(wish), environment}),
    kill: async ({id}) => void docker('kill', id),
    async end() {
      const left = docker('ps', '-aq', '--filter', `label=sluice.environment=${environment}`)
      if (left !== '') docker('rm', '-f', ...left.split('\n'))
      await rm(folder, {recursive: true, force: true})
      if (left !== '') throw new Error(`the test left containers behind: ${left}`)
    },
  }
}
