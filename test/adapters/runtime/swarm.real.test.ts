import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe} from 'vitest'
import {runtimeConformance} from '../../conformance/runtime.ts'
import {dockerVersion} from '../../support/docker.ts'
import {type Swarm, SWARM_IMAGE, swarmOf} from '../../support/swarm.ts'
import {dockerPool, openContainers} from './docker-rig.ts'

const isHere = dockerVersion() !== undefined

describe.skipIf(!isHere)('swarm (needs the program dockerd, and root)', () => {
  let swarm: Swarm
  beforeAll(async () => {
    swarm = await swarmOf(3)
  })
  afterAll(() => swarm.end())

  runtimeConformance('swarm', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-swarm-'))
    const [manager] = swarm.nodes
    if (!manager) throw new Error('the swarm has no manager')
    return {
      open: () => openContainers('swarm', {socket: manager.socket}, folder),
      // How long a task may take to end is fixed when it is made.
      pool: wish => dockerPool(wish, {image: `${SWARM_IMAGE}:{version}`, stop: {drainMs: 1000}}),
      kill: async ({id}) => {
        for (const node of swarm.nodes) {
          const container = node.docker('ps', '-q', '--filter', `label=com.docker.swarm.task.id=${id}`)
          if (container !== '') node.docker('kill', container)
        }
      },
      async end() {
        const left = manager.docker('service', 'ls', '-q')
        if (left !== '') manager.docker('service', 'rm', ...left.split('\n'))
        await rm(folder, {recursive: true, force: true})
        if (left !== '') throw new Error(`the test left services behind: ${left}`)
      },
    }
  })
})
