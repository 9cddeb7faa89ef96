import {mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {simulatePlan} from '../../src/app/simulate.ts'
import {PLAIN} from '../../src/report/look.ts'
import {simulatedText} from '../../src/report/simulate.ts'

/** A server whose second release drops what the old client calls, and a client that nobody's checks look at. */
const YAML = `sluice: 1
system: shop
services:
  accounts:
    role: critical
    route: { backend: accounts }
    rollout: { steps: [50, 100], bake: 60s, checks: [{ errors: "< 1%" }, { http: /healthz }] }
    releases:
      1.0.0: { provides: { api: 1.0.0 } }
      2.0.0: { provides: { api: [1.0.0, 2.0.0] } }
  web:
    role: client
    route: { backend: web }
    rollout: { steps: [100], bake: 0s }
    releases: { 1.0.0: { consumes: { api: ^1 } }, 2.0.0: { consumes: { api: ^2 } } }
environments:
  here:
    current: { accounts: 1.0.0, web: 1.0.0 }
    target: { accounts: 2.0.0, web: 2.0.0 }
`

/** Only a machine that is busy with other things takes so long. */
const LONG_MS = 240_000

describe('a plan of the user’s in a simulated world', () => {
  let folder: string
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'sluice-simulate-'))))
  afterEach(() => rmSync(folder, {recursive: true}))

  const simulated = async (yaml: string, seed = 1) => {
    writeFileSync(join(folder, 'sluice.yaml'), yaml)
    const onlooker = {planned: () => {}, tried: () => {}}
    const done = await simulatePlan({cwd: folder, timeLimitMs: 5_000, schedules: 60, seed}, onlooker)
    if (!done.ok) throw new Error(done.failure.message)
    return done.value
  }

  it(
    'keeps every promise; what a crash leaves, and who is not looked at, is told',
    async () => {
      const done = await simulated(YAML)
      if (!('simulated' in done)) throw new Error('no plan')
      const {simulated: found} = done
      expect(found.broken).toEqual([])
      expect(found.rests).toEqual([
        {step: 'accounts-1', traffic: ['1.0.0 100%', '1.0.0 50% + 2.0.0 50%', '2.0.0 100%']},
        {step: 'web-1', traffic: ['1.0.0 100%', '2.0.0 100%']},
      ])
      expect(found.unnoticed).toEqual(['web 2.0.0'])
      expect(found.takeBack?.pool).toBe('accounts 2.0.0')
      expect(simulatedText(found, PLAIN)).toContain('all held')
      expect(readdirSync(folder)).toEqual(['sluice.yaml'])
    },
    LONG_MS,
  )

  it(
    'is the same again with the same seed',
    async () => {
      const short = YAML.replace('web: 2.0.0 }', 'web: 1.0.0 }')
      expect(await simulated(short, 7)).toEqual(await simulated(short, 7))
    },
    LONG_MS,
  )

  it('has nothing to try where there is nothing to do, or no safe plan', async () => {
    const settled = await simulated(YAML.replace(/target: .*/, 'target: { accounts: 1.0.0 }'))
    expect('simulated' in settled && settled.simulated.crashes).toBe(0)
    const impossible = await simulated(YAML.replace('[1.0.0, 2.0.0]', '2.0.0'))
    expect(impossible.plan.steps).toBeNull()
  })
})
