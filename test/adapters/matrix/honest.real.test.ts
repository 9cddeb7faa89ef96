import {readdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {identify} from '../../../src/adapters/processes/identity.ts'
import type {Cell} from '../../../src/core/matrix/cell.ts'
import {type Files, type MatrixRig, matrixRig} from '../../support/matrix-rig.ts'
import {type Registry, startRegistry} from '../../support/registry.ts'

let registry: Registry
let rig: MatrixRig
let lock: string

const manifest = (more: object = {}) =>
  JSON.stringify({
    name: 'service',
    version: '1.0.0',
    dependencies: {lib: '^1.0.0'},
    scripts: {test: 'node test.cjs'},
    ...more,
  })

const good = (more: Files = {}): Files => ({
  'package.json': manifest(),
  'package-lock.json': lock,
  'test.cjs': `require('lib')`,
  ...more,
})

/** An install script that cannot be overlooked. */
const MAKE = `require('fs').writeFileSync('made', '')`

beforeAll(async () => {
  registry = await startRegistry()
  rig = await matrixRig(registry.url)
  await registry.publish(
    {name: 'lib', version: '1.0.0', files: {'index.js': ''}},
    {name: 'other', version: '1.0.0', files: {'index.js': ''}},
    {name: 'eager', version: '1.0.0', scripts: {postinstall: 'node make.cjs'}, files: {'make.cjs': MAKE}},
    {name: 'wish', version: '1.0.0', peerDependencies: {lib: '^9.0.0'}, files: {'index.js': ''}},
  )
  const start = await rig.repository('start', {main: {'package.json': manifest()}})
  await rig.run(start, 'npm', 'install', '--package-lock-only')
  lock = await readFile(join(start, 'package-lock.json'), 'utf8')
})

afterAll(async () => {
  await rig?.close()
  await registry?.close()
})

/** The cell of a repository with these files, pinned where nothing else is said. */
async function cellOf(name: string, files: Files, settings = '', asked = {}): Promise<Cell | undefined> {
  await rig.repository(name, {main: files})
  const [report] = await rig.matrix(`${name}: {repo: ${name}, matrix: {prod: main${settings}}}`, {
    cells: ['prod+pinned'],
    ...asked,
  })
  return report?.cells[0]
}

describe('a cell that cannot answer', () => {
  it('says so: no lock file', async () => {
    const cell = await cellOf('unlocked', {'package.json': manifest(), 'test.cjs': ''})
    expect(cell).toMatchObject({outcome: 'error', noAnswer: {code: 'lock-missing'}, log: null})
  })

  it('says so: a lock file that cannot be read, of which nothing was logged', async () => {
    const cell = await cellOf('garbled', good({'package-lock.json': '{'}))
    expect(cell).toMatchObject({outcome: 'error', noAnswer: {code: 'lock-incompatible'}, log: null})
    expect(cell?.noAnswer?.text).toMatch(/^package-lock\.json cannot be read: .*JSON/)
  })

  it('says so: a lock file that does not fit', async () => {
    const cell = await cellOf(
      'stale',
      good({'package.json': manifest({dependencies: {lib: '^1.0.0', other: '^1.0.0'}})}),
    )
    expect(cell).toMatchObject({outcome: 'error', noAnswer: {code: 'lock-stale'}})
  })

  it('says so: versions that do not resolve', async () => {
    const files = good({'package.json': manifest({dependencies: {lib: '^1.0.0', wish: '^1.0.0'}})})
    const cell = await cellOf('clash', files, '', {cells: ['prod+latest']})
    expect(cell).toMatchObject({outcome: 'skipped'})
    const [report] = await rig.matrix('clash: {repo: clash, matrix: {prod: main}}', {cells: ['prod+latest']})
    expect(report?.cells[1]).toMatchObject({outcome: 'error', noAnswer: {code: 'does-not-resolve'}})
  })

  it('says so: no tests', async () => {
    const cell = await cellOf('untested', good({'package.json': manifest({scripts: {}})}))
    expect(cell).toMatchObject({outcome: 'error', noAnswer: {code: 'no-tests'}})
  })

  it('says so: a test command that is not there', async () => {
    const cell = await cellOf('lost', good(), ', test: no-such-program --flag')
    expect(cell).toMatchObject({outcome: 'error', noAnswer: {code: 'test-missing'}})
  })

  it('says so: another runtime', async () => {
    const cell = await cellOf('old', good({'package.json': manifest({engines: {node: '<10'}})}))
    expect(cell).toMatchObject({outcome: 'error', noAnswer: {code: 'wrong-runtime'}})
  })

  it('says so: no such branch, no such repository', async () => {
    await rig.repository('there', {main: good()})
    const reports = await rig.matrix(
      'a: {repo: there, matrix: {prod: nowhere}}\nb: {repo: nothing, matrix: {prod: main}}',
    )
    expect(reports[0]?.cells.map(cell => cell.noAnswer?.code ?? cell.outcome)).toEqual([
      'branch-missing',
      'branch-missing',
      'passed',
      'passed',
    ])
    expect(reports[1]?.cells.map(cell => cell.noAnswer?.code)).toEqual(Array(4).fill('repository-missing'))
  })

  it('says so: submodules, and files in Git LFS', async () => {
    const modules = await cellOf('modules', good({'.gitmodules': '[submodule "lib"]\n\tpath = lib\n'}))
    expect(modules).toMatchObject({outcome: 'error', noAnswer: {code: 'submodules'}})
    const large = await cellOf('large', good({'.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n'}))
    expect(large).toMatchObject({outcome: 'error', noAnswer: {code: 'large-files'}})
  })

  it('says so: a registry that is not there', async () => {
    const env = {
      ...rig.env,
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_fetch_retries: '0',
      npm_config_cache: join(rig.folder, 'empty'),
    }
    const cell = await cellOf(
      'cut-off',
      good({'package-lock.json': lock.replaceAll(registry.url, 'http://127.0.0.1:9/')}),
      '',
      {env, reuse: false},
    )
    expect(cell).toMatchObject({outcome: 'error', noAnswer: {code: 'network'}})
  })

  it('says so: out of time; whatever the tests started is ended', async () => {
    const hangs = `
      const {spawn} = require('node:child_process')
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {detached: true, stdio: 'ignore'})
      console.log('started ' + child.pid)
      setInterval(() => {}, 1000)`
    // Nothing but the tests has to be done within the time.
    const settings = `, pinned: 'true', test: node test.cjs`
    const cell = await cellOf('hangs', {'test.cjs': hangs}, settings, {timeoutMs: 5000})
    expect(cell).toMatchObject({outcome: 'error', noAnswer: {code: 'out-of-time'}})
    const pid = Number(/started (\d+)/.exec(await readFile(cell?.log ?? '', 'utf8'))?.[1])
    expect(pid).toBeGreaterThan(0)
    expect(identify(pid)).toBeUndefined()
  })
})

describe('a cell', () => {
  it('sees nothing of the user', async () => {
    const nosy = `process.exit(process.env.SECRET || process.env.HOME.startsWith('${join(rig.folder, 'home')}') ? 1 : 0)`
    const env = {...rig.env, SECRET: 'token'}
    expect(await cellOf('nosy', good({'test.cjs': nosy}), '', {env})).toMatchObject({outcome: 'passed'})
  })

  it('runs install scripts of libraries, unless they are refused', async () => {
    const eager = {'package.json': manifest({dependencies: {eager: '^1.0.0'}})}
    const start = await rig.repository('eager-start', {main: eager})
    await rig.run(start, 'npm', 'install', '--package-lock-only')
    const files = {
      ...eager,
      'package-lock.json': await readFile(join(start, 'package-lock.json'), 'utf8'),
      'test.cjs': `process.exit(require('fs').existsSync('node_modules/eager/made') ? 0 : 1)`,
    }
    expect(await cellOf('eager', files)).toMatchObject({outcome: 'passed'})
    const refused = await cellOf('refused', files, '', {scripts: false})
    expect(refused).toMatchObject({outcome: 'failed'})
    expect(await readFile(refused?.log ?? '', 'utf8')).not.toContain('npm rebuild')
  })

  it('shows the end of what its tests wrote, where they are red', async () => {
    const cell = await cellOf('loud', good({'test.cjs': `console.log('\\u001b[31mboom\\u001b[0m'); process.exit(1)`}))
    expect(cell).toMatchObject({outcome: 'failed', exitCode: 1, runs: 2})
    expect(cell?.lastLines?.at(-1)).toBe('boom')
  })

  it('is flaky where it is green the second time', async () => {
    const flaky = `const fs = require('fs'); if (!fs.existsSync('been')) { fs.writeFileSync('been', ''); process.exit(1) }`
    expect(await cellOf('flaky', good({'test.cjs': flaky}))).toMatchObject({outcome: 'passed', flaky: true, runs: 2})
  })

  it('tells single tests apart: what was red before hides nothing', async () => {
    const suite = (red: readonly string[]) => `
      const test = require('node:test')
      for (const name of ['a', 'b', 'c']) test(name, () => { if (${JSON.stringify(red)}.includes(name)) throw new Error(name) })`
    const files = (red: readonly string[]) =>
      good({
        'test.cjs': suite(red),
        'package.json': manifest({scripts: {test: 'node --test --test-reporter=tap test.cjs'}}),
      })
    await rig.repository('known', {prod: files(['a']), main: files(['a', 'b'])})
    const [report] = await rig.matrix('known: {repo: known, matrix: {prod: prod, master: main}}')
    expect(report?.diagnosis.code).toBe('master-broken')
    expect(report?.findings?.map(finding => [finding.code, finding.tests.length])).toEqual([
      ['master-broken', 1],
      ['nothing-passes', 1],
    ])
  })

  it('is of what is committed, and says where more was changed', async () => {
    const repo = await rig.repository('dirty', {main: good()})
    const matrix = () => rig.matrix('dirty: {repo: dirty, matrix: {prod: main}}', {cells: ['prod+pinned']})
    expect((await matrix())[0]?.remarks).toBeUndefined()
    await writeFile(join(repo, 'test.cjs'), 'process.exit(1)')
    const [report] = await matrix()
    expect(report?.cells[0]).toMatchObject({outcome: 'passed', remembered: true})
    expect(report?.remarks).toEqual([`${repo} has changes that are not committed: they are not tested`])
    expect(await readFile(join(repo, 'test.cjs'), 'utf8')).toBe('process.exit(1)')
  })

  it('runs commands of the user where they are named', async () => {
    const settings = `, pinned: node --version, latest: node --version, test: [node, -e, '']`
    const cell = await cellOf('own', {'README.md': ''}, settings)
    expect(cell).toMatchObject({outcome: 'passed', exitCode: 0})
  })

  it('leaves nothing behind', async () => {
    expect(await readdir(join(rig.folder, 'cache', 'cells'))).toEqual([])
  })
})
