import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {beforeAll, describe} from 'vitest'
import type {Instance} from '../../../src/ports/runtime.ts'
import {type PoolWish, runtimeConformance} from '../../conformance/runtime.ts'
import {dockerVersion} from '../../support/docker.ts'
import {sharedSwarm, type Swarm, SWARM_IMAGE} from '../../support/swarm.ts'
import {dockerPool, openContainers, ownEnvironment} from './docker-rig.ts'

const isHere = dockerVersion() !== undefined

describe.skipIf(!isHere)('swarm (needs the program dockerd, and root)', () => {
  let swarm: Swarm
  beforeAll(async () => {
    swarm = await sharedSwarm()
  })

  const rig = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-swarm-'))
    const environment = ownEnvironment()
    const [manager] = swarm.nodes
    return {
      open: () => openContainers('swarm', {socket: manager.socket}, {folder, environment}),
      // How long a task may take to end is fixed when it is made.
      pool: (wish: PoolWish) => ({
        ...dockerPool(wish, {
          image: `${SWARM_IMAGE}:{version}`,
          stop: {drainMs: wish.behaviour?.['APP_TERM'] === 'ignore' ? 1000 : 20_000},
        }),
        environment,
      }),
      kill: async ({id}: Instance) => {
        for (const node of swarm.nodes) {
          const container = node.docker('ps', '-q', '--filter', `label=com.docker.swarm.task.id=${id}`)
          if (container !== '') node.docker('kill', container)
        }
      },
      async end() {
        const left = manager.docker('service', 'ls', '-q', '--filter', `label=sluice.environment=${environment}`)
        if (left !== '') manager.docker('service', 'rm', ...left.split('\n'))
        await rm(folder, {recursive: true, force: true})
        if (left !== '') throw new Error(`the test left services behind: ${left}`)
      },
    }
  }
  runtimeConformance('swarm', rig, {concurrent: true})
})
