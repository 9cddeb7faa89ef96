import {once} from 'node:events'
import {readdir} from 'node:fs/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {clock} from '../../../src/adapters/clock.ts'
import {processTable} from '../../../src/adapters/processes/machine.ts'
import {processRuntime} from '../../../src/adapters/runtime/process.ts'
import {valueOf} from '../../conformance/runtime.ts'
import {eventually} from '../../support/eventually.ts'
import {programOf} from '../../support/program.ts'
import {openRig, type Rig} from '../../support/rig.ts'
import type {Dying} from './dying.ts'
import {processPool} from './process-pool.ts'

const AT_START = ['recorded', 'spawned', 'started'] as const
const AT_STOP = ['asked', 'ended', 'forgotten'] as const

describe('sluice killed in the midst of', () => {
  let rig: Rig
  let program: string
  const spec = processPool({replicas: 2})

  beforeAll(async () => {
    rig = await openRig()
    program = await programOf('test/adapters/runtime/dying.ts', rig.folder)
  })
  afterAll(() => rig.end())

  const open = (folder: string) => processRuntime({folder, clock, env: rig.env})
  const leaders = (folder: string) => processTable.marked('SLUICE_INSTANCE', `${folder}/`).filter(({leads}) => leads)
  const die = async (dying: Omit<Dying, 'spec'>) => {
    const child = rig.hold(process.execPath, program, JSON.stringify({spec, ...dying}))
    const [, signal] = await once(child, 'exit')
    expect(signal).toBe('SIGKILL')
  }
  const bothHealthy = async (folder: string) => {
    const runtime = await open(folder)
    valueOf(await runtime.start(spec))
    const instances = await eventually(async () => {
      const seen = valueOf(await runtime.read(spec.service))
      return seen.every(({health}) => health === 'healthy') && seen
    })
    expect(instances).toHaveLength(2)
    expect(leaders(folder)).toHaveLength(2)
    return runtime
  }
  const left = async (folder: string) => ({
    processes: leaders(folder).map(({mark}) => mark),
    records: (await readdir(folder)).filter(name => name.endsWith('.json')),
  })
  const NOTHING = {processes: [], records: []}

  const starts = AT_START.flatMap(instant => [1, 2].map(pass => ({instant, pass})))
  it.for(starts)('a start, when $instant ($pass): two instances, not one more', async ({instant, pass}) => {
    const folder = `${rig.folder}/start-${instant}-${pass}`
    await die({folder, verb: 'start', instant, pass})
    const seen = valueOf(await (await open(folder)).read(spec.service))
    expect(seen).toHaveLength(leaders(folder).length)
    const runtime = await bothHealthy(folder)
    valueOf(await runtime.stop(spec.service, spec.pool, 5000))
    expect(await left(folder)).toEqual(NOTHING)
  })

  it.for(AT_START)('a start, when %s, and never started again: all of it can be stopped', async instant => {
    const folder = `${rig.folder}/only-stop-${instant}`
    await die({folder, verb: 'start', instant, pass: 2})
    valueOf(await (await open(folder)).stop(spec.service, spec.pool, 5000))
    expect(await left(folder)).toEqual(NOTHING)
  })

  const stops = AT_STOP.flatMap(instant => [1, 2].map(pass => ({instant, pass})))
  it.for(stops)('a stop, when $instant ($pass): stopped by whoever comes next', async ({instant, pass}) => {
    const folder = `${rig.folder}/stop-${instant}-${pass}`
    await bothHealthy(folder)
    await die({folder, verb: 'stop', instant, pass})
    const runtime = await open(folder)
    valueOf(await runtime.read(spec.service))
    valueOf(await runtime.stop(spec.service, spec.pool, 5000))
    expect(valueOf(await runtime.list())).toEqual([])
    expect(await left(folder)).toEqual(NOTHING)
  })
})
