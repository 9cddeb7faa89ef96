import {execFile} from 'node:child_process'
import {chmod, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {delimiter, dirname, join, resolve} from 'node:path'
import {promisify} from 'node:util'
import {type MatrixAsked, runMatrix} from '../../src/app/matrix.ts'
import {parseConfig} from '../../src/core/config/parse.ts'
import {CELLS} from '../../src/core/matrix/cell.ts'
import type {MatrixReport} from '../../src/core/matrix/matrix-report.ts'
import type {MatrixEvent} from '../../src/core/matrix/progress.ts'

const execute = promisify(execFile)

/** A folder with services' repositories, a `sluice.yaml` and a cache of its own. */
export interface MatrixRig {
  readonly folder: string
  /** What commands of cells start from: the registry of the test, and nobody's settings. */
  readonly env: NodeJS.ProcessEnv
  readonly events: MatrixEvent[]
  /** A repository whose branches hold these files. */
  readonly repository: (name: string, branches: Readonly<Record<string, Files>>) => Promise<string>
  /** Runs a program in a folder, as somebody at work there would. */
  readonly run: (folder: string, ...command: readonly string[]) => Promise<string>
  /** Runs the matrix of a `sluice.yaml` with these services. */
  readonly matrix: (services: string, asked?: Partial<MatrixAsked>) => Promise<readonly MatrixReport[]>
  readonly close: () => Promise<void>
}

/** Texts by path. */
export type Files = Readonly<Record<string, string>>

/** Makes a rig; `registry` is the address that all package managers ask. */
export async function matrixRig(registry: string, programs: Files = {}): Promise<MatrixRig> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-matrix-'))
  await Promise.all(['home', 'bin'].map(name => mkdir(join(folder, name))))
  for (const [name, target] of Object.entries(programs)) await shim(join(folder, 'bin', name), target)
  const env = environment(folder, registry)
  const run = async (cwd: string, ...[file = '', ...args]: readonly string[]) =>
    (await execute(file, args, {cwd, env, maxBuffer: 1 << 26})).stdout
  const events: MatrixEvent[] = []
  return {
    folder,
    env,
    events,
    run,
    async repository(name, branches) {
      const repo = join(folder, name)
      await mkdir(repo)
      await run(repo, 'git', 'init', '--quiet', '--initial-branch=start')
      for (const [branch, files] of Object.entries(branches)) {
        await run(repo, 'git', 'checkout', '--quiet', '--orphan', branch)
        await run(repo, 'git', 'rm', '-rfq', '--ignore-unmatch', '.')
        await writeAll(repo, files)
        await run(repo, 'git', 'add', '--all')
        await run(repo, 'git', 'commit', '--quiet', '--message', branch)
      }
      return repo
    },
    async matrix(services, asked = {}) {
      const file = join(folder, 'sluice.yaml')
      const text = `sluice: 1\nsystem: test\nservices:\n${services.replace(/^/gm, '  ')}\n`
      await writeFile(file, text)
      const config = parseConfig({file, text}, {runtimes: [], balancers: []})
      if (!config.ok) throw new Error(JSON.stringify(config.failure))
      const result = await runMatrix({
        config: config.value,
        services: [],
        cells: CELLS,
        failFast: false,
        reuse: true,
        scripts: true,
        timeoutMs: 60_000,
        searchBudget: 0,
        env,
        signal: new AbortController().signal,
        emit: event => events.push(event),
        ...asked,
      })
      if (!result.ok) throw new Error(result.failure.message)
      return result.value
    },
    close: () => rm(folder, {recursive: true, force: true, maxRetries: 3}),
  }
}

/** Writes files, making the folders they are in. */
export async function writeAll(folder: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), {recursive: true})
    await writeFile(join(folder, path), text)
  }
}

/** A program of the development dependencies, by the name that cells call it by. */
async function shim(path: string, target: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\nexec "${process.execPath}" "${resolve('node_modules', target)}" "$@"\n`)
  await chmod(path, 0o755)
}

function environment(folder: string, registry: string): NodeJS.ProcessEnv {
  const identity = {NAME: 'Test', EMAIL: 'test@example.org'}
  const who = Object.entries(identity).flatMap(([name, value]) => [
    [`GIT_AUTHOR_${name}`, value],
    [`GIT_COMMITTER_${name}`, value],
  ])
  return {
    ...Object.fromEntries(who),
    PATH: [join(folder, 'bin'), process.env['PATH']].join(delimiter),
    HOME: join(folder, 'home'),
    SLUICE_CACHE: join(folder, 'cache'),
    GIT_CONFIG_NOSYSTEM: '1',
    npm_config_registry: registry,
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_loglevel: 'error',
    YARN_REGISTRY: registry,
    YARN_NPM_REGISTRY_SERVER: registry,
    YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
    // What was published a moment ago is what the tests are about.
    YARN_NPM_MINIMAL_AGE_GATE: '0',
    NO_PROXY: '127.0.0.1',
  }
}
