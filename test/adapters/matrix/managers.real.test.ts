import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {type Files, type MatrixRig, matrixRig} from '../../support/matrix-rig.ts'
import {type Registry, startRegistry} from '../../support/registry.ts'

let registry: Registry
let rig: MatrixRig | undefined

const MANIFEST = {
  name: 'service',
  version: '1.0.0',
  dependencies: {outer: '^1.0.0', calm: '^1.0.0'},
  scripts: {test: 'node test.cjs'},
}

const publish = (version: string) =>
  registry.publish(
    ...['lib', 'calm', 'mild'].map(name => ({name, version, files: {'index.js': `module.exports = '${version}'`}})),
  )

/** Only what never moves asks for the guilty one, and for another that moves with it. */
const OUTER = {
  name: 'outer',
  version: '1.0.0',
  dependencies: {lib: '^1.0.0', mild: '^1.0.0'},
  files: {'index.js': `module.exports = require('lib')`},
}

beforeAll(async () => {
  registry = await startRegistry()
  await registry.publish(OUTER)
  await publish('1.0.0')
})

afterEach(() => rig?.close())
afterAll(() => registry?.close())

/** How each manager is started, and how a service at work on it makes its first lock file. */
const MANAGERS = [
  {
    name: 'pnpm',
    program: 'pnpm/bin/pnpm.cjs',
    lock: 'pnpm-lock.yaml',
    make: ['pnpm', 'install', '--lockfile-only'],
    settings: {},
  },
  {name: 'yarn', program: 'yarn/bin/yarn.js', lock: 'yarn.lock', make: ['yarn', 'install'], settings: {}},
  {
    name: 'yarn',
    program: '@yarnpkg/cli-dist/bin/yarn.js',
    lock: 'yarn.lock',
    make: ['yarn', 'install', '--mode=update-lockfile'],
    settings: {'.yarnrc.yml': 'nodeLinker: node-modules\n'},
  },
] as const

/** Locks are made first, while 1.0.0 is the newest. */
const locks = new Map<string, string>()

describe('package managers other than npm', () => {
  it('make their lock files', async () => {
    for (const manager of MANAGERS) {
      const at = await matrixRig(registry.url, {[manager.name]: manager.program})
      const files: Files = {'package.json': JSON.stringify(MANIFEST), ...manager.settings}
      const folder = await at.repository('start', {main: files})
      await at.run(folder, ...manager.make)
      locks.set(manager.program, await readFile(join(folder, manager.lock), 'utf8'))
      await at.close()
    }
    await publish('1.1.0')
    expect(locks.size).toBe(MANAGERS.length)
  })

  it.each(MANAGERS)('$program: pinned, latest, the update, its culprit, and a green lock file', async manager => {
    rig = await matrixRig(registry.url, {[manager.name]: manager.program})
    const service = (accepted: readonly string[]): Files => ({
      'package.json': JSON.stringify(MANIFEST),
      [manager.lock]: locks.get(manager.program) ?? '',
      'test.cjs': `process.exit(${JSON.stringify(accepted)}.includes(require('outer')) ? 0 : 1)`,
      ...manager.settings,
    })
    await rig.repository('service', {main: service(['1.0.0'])})
    const asked = {searchBudget: 20, cells: ['prod+pinned', 'prod+latest'] as const}
    const [report] = await rig.matrix('service: {repo: service, matrix: {prod: main}}', asked)
    expect(report?.cells.slice(0, 2).map(cell => cell.noAnswer?.text ?? cell.outcome)).toEqual(['passed', 'failed'])
    expect(report?.cells[1]?.changed.map(change => `${change.name} ${change.from} ${change.to}`)).toEqual([
      'calm 1.0.0 1.1.0',
      'lib 1.0.0 1.1.0',
      'mild 1.0.0 1.1.0',
    ])
    expect(report?.culprits).toEqual([{name: 'lib', from: '1.0.0', to: '1.1.0'}])
    expect(await readFile(report?.search?.[0]?.lock ?? '', 'utf8')).toMatch(
      /calm[\s\S]*1\.1\.0[\s\S]*lib[\s\S]*1\.0\.0[\s\S]*mild[\s\S]*1\.1\.0/,
    )
  })
})
