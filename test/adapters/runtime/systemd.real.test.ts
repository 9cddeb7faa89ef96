import {afterAll, beforeAll, describe} from 'vitest'
import {clock} from '../../../src/adapters/clock.ts'
import {openRuntime} from '../../../src/adapters/runtime/registry.ts'
import {runtimeConformance, valueOf} from '../../conformance/runtime.ts'
import {openRig} from '../../support/rig.ts'
import {hasSystemd, openSystemd, type Systemd} from '../../support/systemd.ts'
import {ownEnvironment} from './docker-rig.ts'
import {processPool} from './process-pool.ts'

if (!hasSystemd() && process.env['CI']) throw new Error('systemd is not installed: apt-get install systemd')

const PROGRAM = `${process.cwd()}/templates/runtime/systemd.mjs`

describe.skipIf(!hasSystemd())('the example for systemd (needs the program systemd, and root)', () => {
  let systemd: Systemd
  beforeAll(async () => {
    systemd = await openSystemd()
  })
  afterAll(() => systemd.end())

  const openSystemdRig = async () => {
    const rig = await openRig()
    const environment = ownEnvironment()
    const command = [...systemd.within, process.execPath, PROGRAM, '--user']
    const options = {start: command, stop: command, status: command}
    const place = {system: 'shop', environment, file: `${rig.folder}/sluice.yaml`, folder: `${rig.folder}/own`}
    const env = {...rig.env, ...systemd.env}
    return {
      open: async () => valueOf(await openRuntime({driver: 'command', options}, {...place, clock, env})),
      pool: (wish: Parameters<typeof processPool>[0]) => ({...processPool(wish), environment}),
      kill: async ({id}: {readonly id: string}) => {
        const unit = id.slice(0, id.lastIndexOf('.'))
        systemd.systemctl('kill', '--signal=KILL', `sluice-shop-${environment}-${unit}.service`)
      },
      end: rig.end,
    }
  }
  runtimeConformance('command by systemd', openSystemdRig, {concurrent: true})
})
