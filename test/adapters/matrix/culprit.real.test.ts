import {readFile} from 'node:fs/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {type MatrixRig, matrixRig} from '../../support/matrix-rig.ts'
import {type Registry, startRegistry} from '../../support/registry.ts'

let registry: Registry
let rig: MatrixRig
let locks: readonly [all: string, few: string]

const LIBRARIES = Array.from({length: 20}, (_, at) => `lib-${String(at).padStart(2, '0')}`)

/** All of them by name, and one that only lib-07 asks for. */
const manifestOf = (names: readonly string[]) =>
  JSON.stringify({
    name: 'service',
    version: '1.0.0',
    dependencies: Object.fromEntries(names.map(name => [name, '^1.0.0'])),
    scripts: {test: 'node test.cjs'},
  })

const library = (name: string, version: string) => ({
  name,
  version,
  ...(name === 'lib-07' && {dependencies: {deep: '^1.0.0'}}),
  files: {'index.js': `module.exports = '${version}'`},
})

const FEW = LIBRARIES.slice(0, 6)

/** A suite that is red when all of these are new. */
const redWith = (names: readonly string[], lock: string, ...guilty: readonly string[]) => ({
  'package.json': manifestOf(names),
  'package-lock.json': lock,
  'test.cjs': `
    const isNew = name => require(name) === '1.1.0'
    process.exit(${JSON.stringify(guilty)}.every(isNew) ? 1 : 0)`,
})

beforeAll(async () => {
  registry = await startRegistry()
  rig = await matrixRig(registry.url)
  await registry.publish(...['deep', ...LIBRARIES].map(name => library(name, '1.0.0')))
  locks = [await locked('all', LIBRARIES), await locked('few', FEW)]
  await registry.publish(...['deep', ...LIBRARIES].map(name => library(name, '1.1.0')))
})

/** The lock file of the versions there are now. */
async function locked(repository: string, names: readonly string[]): Promise<string> {
  const folder = await rig.repository(repository, {main: {'package.json': manifestOf(names)}})
  await rig.run(folder, 'npm', 'install', '--package-lock-only')
  return readFile(`${folder}/package-lock.json`, 'utf8')
}

afterAll(async () => {
  await rig?.close()
  await registry?.close()
})

describe('the search for culprits, with npm', () => {
  it('finds a library that only another library asks for, in half the runs of trying one by one', async () => {
    await rig.repository('one', {main: redWith(LIBRARIES, locks[0], 'deep')})
    const [report] = await rig.matrix('one: {repo: one, matrix: {prod: main}}', {cells: PROD, searchBudget: 40})
    expect(report?.culprits).toEqual([{name: 'deep', from: '1.0.0', to: '1.1.0'}])
    expect(report?.search?.[0]?.runs).toBeLessThanOrEqual(10)
    const green = JSON.parse(await readFile(report?.search?.[0]?.lock ?? '', 'utf8'))
    expect(green.packages['node_modules/deep'].version).toBe('1.0.0')
    for (const name of LIBRARIES) expect(green.packages[`node_modules/${name}`].version).toBe('1.1.0')
  })

  it('is carried on where it was killed: what was tried is remembered', async () => {
    const events = rig.events.length
    const [report] = await rig.matrix('one: {repo: one, matrix: {prod: main}}', {cells: PROD, searchBudget: 40})
    expect(report?.culprits).toHaveLength(1)
    expect(report?.search?.[0]?.runs).toBe(0)
    expect(rig.events.slice(events).filter(event => event.is === 'probe-ended').length).toBeGreaterThan(0)
  })

  it('finds a pair', async () => {
    await rig.repository('pair', {main: redWith(FEW, locks[1], 'lib-01', 'lib-04')})
    const [report] = await rig.matrix('pair: {repo: pair, matrix: {prod: main}}', {cells: PROD, searchBudget: 40})
    expect(report?.search?.[0]).toMatchObject({result: 'found', held: [{name: 'lib-04'}]})
    expect(report?.culprits.map(change => change.name)).toEqual(['lib-01', 'lib-04'])
  })
})

const PROD = ['prod+pinned', 'prod+latest'] as const
