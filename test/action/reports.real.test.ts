import {mkdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {releaseStream, testRepository} from '../support/git.ts'
import {type Rig, rigged} from '../support/rig.ts'
import {ranAction} from '../support/runner.ts'

/** A service whose newest release breaks with the newest of what it depends on. */
const SYSTEM = `sluice: 1
system: shop
contracts: { accounts-api: { calls: { path: "/api/v{major}/" }, quiet: 7d } }
services:
  accounts:
    repo: accounts
    matrix: { prod: v1.0.0, master: v2.0.0, pinned: node set.mjs pinned, latest: node set.mjs latest, test: node test.mjs }
    route: { backend: accounts }
    releases: { 1.0.0: { provides: { accounts-api: [1.0.0, 2.0.0] } } }
environments: { production: { current: { accounts: 1.0.0 } } }
`
const SET = `import {writeFileSync} from 'node:fs'\nwriteFileSync('with', process.argv[2])\n`
const test = (release: string) =>
  `import {readFileSync} from 'node:fs'\nconst bad = '${release}' === '2.0.0' && readFileSync('with', 'utf8') === 'latest'\nif (bad) throw new Error('it breaks with the latest')\n`

async function system(): Promise<Rig> {
  const rig = await rigged()
  await rig.write('sluice.yaml', SYSTEM)
  await mkdir(join(rig.folder, 'accounts'))
  testRepository(join(rig.folder, 'accounts')).fastImport(
    releaseStream(['1.0.0', '2.0.0'].map(tag => ({tag: `v${tag}`, files: {'set.mjs': SET, 'test.mjs': test(tag)}}))),
  )
  return rig
}

describe('the matrix, in the Action', () => {
  it('says which cells there are, runs some, each as a runner of its own does, and puts them together', async () => {
    const rig = await system()
    const planned = await ranAction(rig, {with: {command: 'matrix plan'}})
    expect([planned.code, planned.outputs['state']], planned.log).toEqual([0, 'planned'])
    const {include} = JSON.parse(planned.outputs['matrix'] ?? '{}') as {include: {service: string; cell: string}[]}
    expect(include).toHaveLength(4)
    const codes: Record<string, number | null> = {}
    for (const {service, cell} of [include[0], include[3]].filter(one => one !== undefined)) {
      const report = `cells/${cell}/cell.json`
      const ran = await ranAction(rig, {
        with: {command: 'matrix', services: service, cells: cell, 'report-file': report},
      })
      codes[cell] = ran.code
      expect(ran.outputs['report-file'], ran.log).toBe(report)
    }
    expect(codes).toEqual({'prod+pinned': 0, 'master+latest': 1})
    const together = await ranAction(rig, {with: {command: 'matrix show', reports: 'cells'}})
    expect([together.code, together.outputs['state'], together.outputs['exit-code']]).toEqual([1, 'red', '1'])
    expect(together.log).toMatch(/^::error title=sluice says no::a cell is red/m)
    expect(together.summary).toContain('accounts')
  })
})

describe('usage, in the Action', () => {
  it('reads the logs that are named, and shows who calls what', async () => {
    const rig = await system()
    const at = new Date(Date.now() - 3_600_000)
    const stamp = `${at.getUTCDate()}/${at.toLocaleString('en', {month: 'short', timeZone: 'UTC'})}/${at.getUTCFullYear()}:${at.toISOString().slice(11, 19)} +0000`
    const line = (major: number) =>
      `10.0.0.1 - - [${stamp}] "GET /api/v${major}/accounts HTTP/1.1" 200 5 "-" "billing/1.0"\n`
    await rig.write('access.log', line(1).repeat(3) + line(2))
    const ran = await ranAction(rig, {with: {command: 'usage', logs: 'access.log', since: '7d'}})
    expect([ran.code, ran.outputs['state']], ran.log).toEqual([0, 'shown'])
    expect(ran.summary).toContain('## Who calls what')
    expect(ran.summary).toMatch(/billing\S* +User-Agent +3 /)
    expect((await readFile(join(rig.folder, '.sluice/usage.db'))).length).toBeGreaterThan(0)
    const missing = await ranAction(rig, {with: {command: 'usage', logs: 'nowhere.log'}})
    expect([missing.code, missing.outputs['exit-code']], missing.log).toEqual([1, '2'])
  })
})
