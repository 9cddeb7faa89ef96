import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {type CellName, cellName} from '../../../src/core/matrix/cell.ts'
import {NO_ANSWER} from '../../../src/core/matrix/no-answer.ts'
import {type FailingRegistry, type Fault, startFailingRegistry} from '../../support/failing-registry.ts'
import {type Files, type MatrixRig, matrixRig} from '../../support/matrix-rig.ts'
import {type Registry, startRegistry} from '../../support/registry.ts'

let registry: Registry
let failing: FailingRegistry
let rig: MatrixRig

/** What is on prod needs one package; master needs a second, and that one is failed for. */
beforeAll(async () => {
  registry = await startRegistry()
  failing = await startFailingRegistry(registry.url)
  rig = await matrixRig(failing.url)
  await registry.publish(
    {name: 'lib', version: '1.0.0', files: {'index.js': ''}},
    {name: 'other', version: '1.0.0', files: {'index.js': '//'.repeat(2000)}},
  )
  const prod = await service('first', ['lib'])
  await rig.repository('shop', {prod, main: await service('second', ['lib', 'other'])})
})

afterAll(async () => {
  await rig?.close()
  await failing?.close()
  await registry?.close()
})

/** The files of a service with its lock file, as somebody at work on it would make it. */
async function service(name: string, libraries: readonly string[]): Promise<Files> {
  const dependencies = Object.fromEntries(libraries.map(library => [library, '^1.0.0']))
  const files = {
    'package.json': JSON.stringify({name: 'shop', version: '1.0.0', dependencies, scripts: {test: 'node test.cjs'}}),
    'test.cjs': libraries.map(library => `require('${library}')`).join('\n'),
  }
  const start = await rig.repository(name, {main: files})
  await rig.run(start, 'npm', 'install', '--package-lock-only')
  return {...files, 'package-lock.json': await readFile(join(start, 'package-lock.json'), 'utf8')}
}

/** What these cells say; npm asks a second time at once, and has nothing of either package from before. */
async function cells(names: readonly CellName[]) {
  const env = {
    ...rig.env,
    npm_config_cache: join(rig.folder, 'npm'),
    npm_config_fetch_retries: '1',
    npm_config_fetch_retry_mintimeout: '1',
  }
  const [report] = await rig.matrix('shop: {repo: shop, matrix: {prod: prod, master: main}}', {cells: names, env})
  return report?.cells.filter(cell => names.includes(cellName(cell)))
}

describe('a registry that fails in the middle', () => {
  it.each<[string, RegExp, Fault, readonly CellName[]]>([
    ['503 for a tarball', /^\/other\/-\//, 'unavailable', ['prod+pinned', 'master+pinned']],
    ['a tarball that is cut off', /^\/other\/-\//, 'cut', ['prod+pinned', 'master+pinned']],
    ['503 for what versions there are', /^\/other$/, 'unavailable', ['prod+latest', 'master+latest']],
    ['a list of versions that is cut off', /^\/other$/, 'cut', ['prod+latest', 'master+latest']],
  ])('is no answer of the cell that needs it, and the others go on: %s', async (_, path, fault, names) => {
    failing.fail(path, fault)
    const [prod, master] = (await cells(names)) ?? []
    expect(prod).toMatchObject({outcome: 'passed'})
    expect(master).toMatchObject({outcome: 'error', noAnswer: {code: 'network', hint: NO_ANSWER.network}})
    expect(await readFile(master?.log ?? '', 'utf8')).toMatch(/E503|ECONNRESET/)
  })

  it('leaves nothing behind that the next run could trip over', async () => {
    failing.fail()
    const found = await cells(['prod+pinned', 'prod+latest', 'master+pinned', 'master+latest'])
    expect(found?.map(cell => cell.outcome)).toEqual(['passed', 'passed', 'passed', 'passed'])
    expect(await readdir(join(rig.folder, 'cache', 'cells'))).toEqual([])
    expect((await readdir(join(rig.folder, 'cache', 'installs'))).filter(name => name.includes('.'))).toEqual([])
  })
})
