import {clock} from '../../../src/adapters/clock.ts'
import {processRuntime} from '../../../src/adapters/runtime/process.ts'
import type {PoolSpec} from '../../../src/ports/runtime.ts'
import {type PoolWish, runtimeConformance, specOf} from '../../conformance/runtime.ts'
import {openRig} from '../../support/rig.ts'

runtimeConformance('process', async () => {
  const rig = await openRig()
  const folder = `${rig.folder}/instances`
  return {
    open: () => processRuntime({folder, clock, env: rig.env}),
    pool: wish => processPool(wish),
    kill: async ({address}) => {
      const {pid} = (await (await fetch(`http://${address}/`)).json()) as {pid: number}
      process.kill(pid, 'SIGKILL')
    },
    end: rig.end,
  }
})

export function processPool(wish: PoolWish): PoolSpec {
  return {...specOf(wish, {command: [process.execPath, 'server.mjs']}), folder: 'test/fixtures/app'}
}
