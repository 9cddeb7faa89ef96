import {mkdtemp, readdir, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {openRuntime, RUNTIME_DRIVERS} from '../../../src/adapters/runtime/registry.ts'
import {handClock} from '../../support/clock.ts'

let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'sluice-registry-'))))
afterAll(() => rm(folder, {recursive: true}))

const open = (driver: string, options: Readonly<Record<string, unknown>> = {}) =>
  openRuntime(
    {driver, options},
    {
      system: 'shop',
      environment: 'production',
      file: 'sluice.yaml',
      folder: `${folder}/instances`,
      clock: handClock(),
      env: {},
    },
  )

it('opens a driver by name, in a folder of its own', async () => {
  expect(await open('process', {pass: ['REGION'], logLimit: '1.5MB'})).toMatchObject({ok: true})
  expect(await readdir(folder)).toEqual(['instances'])
})

it('names the drivers there are where there is no such one', async () => {
  expect(await open('proces')).toMatchObject({
    ok: false,
    failure: {code: 'config-invalid', message: expect.stringContaining('"proces"'), hint: 'did you mean "process"?'},
  })
  expect(await open('kubernetes')).toMatchObject({failure: {hint: `drivers: ${RUNTIME_DRIVERS.join(', ')}`}})
  expect(await open('toString')).toMatchObject({ok: false})
})

it('says everything that is wrong with the options', async () => {
  const opened = await open('process', {pas: [], logLimit: 10, pass: 'REGION'})
  expect(opened.ok ? [] : opened.failure.problems).toEqual([
    {
      file: 'sluice.yaml',
      line: 1,
      column: 1,
      message: 'environments.production.runtime: process has no option "pas"',
      hint: 'did you mean "pass"?',
    },
    expect.objectContaining({
      message: 'environments.production.runtime: logLimit: 10',
      hint: 'must be a size, like 10MB (kB, MB, GB)',
    }),
    expect.objectContaining({
      message: 'environments.production.runtime: pass: "REGION"',
      hint: 'must be a list of names',
    }),
  ])
})
