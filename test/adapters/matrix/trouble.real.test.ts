import {execFileSync} from 'node:child_process'
import {homedir} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {type CellName, cellName} from '../../../src/core/matrix/cell.ts'
import {NO_ANSWER} from '../../../src/core/matrix/no-answer.ts'
import {type FailingRegistry, type Fault, startFailingRegistry} from '../../support/failing-registry.ts'
import {type MatrixRig, matrixRig} from '../../support/matrix-rig.ts'
import {type Registry, startRegistry} from '../../support/registry.ts'

/** A registry of npm packages that can be told to fail; what cargo and pip ask for fails there, too. */
let registry: Registry
let failing: FailingRegistry
let rig: MatrixRig | undefined

beforeAll(async () => {
  registry = await startRegistry()
  failing = await startFailingRegistry(registry.url)
  await registry.publish({name: 'lib', version: '1.0.0', files: {'index.js': '//'.repeat(2000)}})
})
afterEach(() => rig?.close())
afterAll(async () => {
  await failing?.close()
  await registry?.close()
})

/** What would make the package managers ask again, for longer than a test may take. */
const IMPATIENT = {
  npm_config_fetch_retries: '0',
  YARN_HTTP_RETRY: '0',
  CARGO_NET_RETRY: '0',
  RUSTUP_HOME: process.env['RUSTUP_HOME'] ?? join(homedir(), '.rustup'),
}

interface Trouble {
  readonly cell: CellName
  readonly path: RegExp
  readonly fault: Fault
  readonly timeoutMs?: number
}

/** What one cell of a repository says while the registry fails so; nothing was fetched before. */
async function troubled(at: MatrixRig, repo: string, {cell, path, fault, timeoutMs = 60_000}: Trouble) {
  failing.fail(path, fault)
  const fresh = join(at.folder, `home-${cell}-${fault}`)
  const env = {...at.env, ...IMPATIENT, HOME: fresh, YARN_CACHE_FOLDER: join(fresh, 'yarn')}
  const [report] = await at.matrix(`s: {repo: ${repo}, matrix: {prod: main}}`, {cells: [cell], env, timeoutMs})
  failing.fail()
  return report?.cells.find(one => cellName(one) === cell)
}

const NETWORK = {outcome: 'error', noAnswer: {code: 'network', hint: NO_ANSWER.network}}
const UNAVAILABLE = {cell: 'prod+pinned', path: /^\/lib\/-\//, fault: 'unavailable'} as const
const CUT = {cell: 'prod+latest', path: /^\/lib$/, fault: 'cut'} as const
/** The time-out ends it, however slow the machine: what is waited for never comes. */
const SILENT = {cell: 'prod+pinned', path: /^\/lib\/-\//, fault: 'silent', timeoutMs: 3000} as const

/** yarn 1 asks five times, three seconds apart, for a list that is cut off. */
const MANAGERS = [
  {
    name: 'pnpm',
    program: 'pnpm/bin/pnpm.cjs',
    make: ['--lockfile-only'],
    settings: {},
    troubles: [UNAVAILABLE, CUT, SILENT],
  },
  {name: 'yarn', program: 'yarn/bin/yarn.js', make: [], settings: {}, troubles: [UNAVAILABLE]},
  {
    name: 'yarn',
    program: '@yarnpkg/cli-dist/bin/yarn.js',
    make: ['--mode=update-lockfile'],
    settings: {'.yarnrc.yml': 'nodeLinker: node-modules\n'},
    troubles: [UNAVAILABLE, CUT],
  },
] as const

describe('a registry that fails is no answer, and not the fault of the service', () => {
  it.each(MANAGERS)('$program', async ({name, program, make, settings, troubles}) => {
    rig = await matrixRig(failing.url, {[name]: program})
    const manifest = {name: 's', version: '1.0.0', dependencies: {lib: '^1.0.0'}, scripts: {test: 'node -e 0'}}
    const repo = await rig.repository('s', {main: {'package.json': JSON.stringify(manifest), ...settings}})
    await rig.run(repo, name, 'install', ...make)
    await rig.run(repo, 'git', 'add', '--all', '--', ':!node_modules')
    await rig.run(repo, 'git', 'commit', '--quiet', '--message', 'lock')
    for (const trouble of troubles) expect(await troubled(rig, 's', trouble)).toMatchObject(NETWORK)
  })

  it.skipIf(!hasProgram('cargo'))('cargo', async () => {
    rig = await matrixRig(failing.url)
    const source = `[source.crates-io]\nreplace-with = "here"\n[source.here]\nregistry = "sparse+${failing.url}"\n`
    await rig.repository('s', {
      main: {
        'Cargo.toml': '[package]\nname = "s"\nversion = "1.0.0"\nedition = "2021"\n[dependencies]\nlib = "1"\n',
        'Cargo.lock': 'version = 3\n\n[[package]]\nname = "s"\nversion = "1.0.0"\n',
        '.cargo/config.toml': source,
        'src/lib.rs': '',
      },
    })
    const cell = await troubled(rig, 's', {cell: 'prod+latest', path: /./, fault: 'unavailable'})
    expect(cell).toMatchObject(NETWORK)
    expect(cell?.noAnswer?.text).toContain('503')
  })

  it.skipIf(!hasProgram('python3'))('pip, which has no word of it in what it writes', async () => {
    rig = await matrixRig(failing.url)
    await rig.repository('s', {main: {'requirements.txt': `--index-url ${failing.url}simple\nlib==1.0.0\n`}})
    const cell = await troubled(rig, 's', {cell: 'prod+pinned', path: /./, fault: 'unavailable'})
    expect(cell).toMatchObject(NETWORK)
    expect(cell?.noAnswer?.text).toContain('503')
  })
})

/** CI has cargo, and a Python with pip and venv. */
function hasProgram(name: string): boolean {
  try {
    execFileSync(name, ['--version'], {stdio: 'ignore'})
    return true
  } catch {
    if (process.env['CI']) throw new Error(`${name} is not installed`)
    return false
  }
}
