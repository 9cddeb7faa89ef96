import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {appendFile, mkdir, readFile} from 'node:fs/promises'
import {homedir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {type MatrixRig, matrixRig, writeAll} from '../../support/matrix-rig.ts'

const isHere = hasCargo()
if (process.env['CI'] && !isHere) throw new Error('cargo is not installed: apt-get install cargo')

let rig: MatrixRig

beforeAll(async () => {
  rig = await matrixRig('http://127.0.0.1:9/')
})
afterAll(() => rig?.close())

describe.skipIf(!isHere)('cargo', () => {
  it('pinned, latest, the update and its culprit, from a registry in a folder', async () => {
    // Its own home is the test's; the compiler is the one of this machine.
    const env = {...rig.env, RUSTUP_HOME: process.env['RUSTUP_HOME'] ?? join(homedir(), '.rustup')}
    const cargo = (folder: string, ...args: readonly string[]) =>
      execFileSync('cargo', args, {cwd: folder, env, encoding: 'utf8', stdio: 'pipe'})
    await publish('1.0.0', 1)
    const start = join(rig.folder, 'start')
    await writeAll(start, files())
    cargo(start, 'generate-lockfile')
    await publish('1.1.0', 2)
    const lock = await readFile(join(start, 'Cargo.lock'), 'utf8')
    await rig.repository('service', {main: {...files(), 'Cargo.lock': lock}})
    const asked = {env, searchBudget: 5, cells: ['prod+pinned', 'prod+latest'] as const}
    const [report] = await rig.matrix('service: {repo: service, matrix: {prod: main}}', asked)
    expect(report?.cells.slice(0, 2).map(cell => cell.noAnswer?.text ?? cell.outcome)).toEqual(['passed', 'failed'])
    expect(report?.culprits).toEqual([{name: 'calm', from: '1.0.0', to: '1.1.0'}])
  })
})

const manifest = (name: string, version: string) =>
  `[package]\nname = "${name}"\nversion = "${version}"\nedition = "2021"\n`

const files = () => ({
  'Cargo.toml': `${manifest('service', '1.0.0')}[dependencies]\ncalm = "1"\n`,
  '.cargo/config.toml': `[source.crates-io]\nreplace-with = "here"\n[source.here]\nlocal-registry = "${registry()}"\n`,
  'src/lib.rs': '#[test]\nfn is_old() { assert_eq!(calm::number(), 1); }\n',
})

const registry = () => join(rig.folder, 'crates')

/** A crate as cargo packs it, and its line in the index of a registry that is a folder. */
async function publish(version: string, number: number): Promise<void> {
  const crate = join(registry(), `calm-${version}.crate`)
  await writeAll(join(registry(), `calm-${version}`), {
    'Cargo.toml': manifest('calm', version),
    'src/lib.rs': `pub fn number() -> u32 { ${number} }\n`,
  })
  await rig.run(registry(), 'tar', '-czf', crate, `calm-${version}`)
  const cksum = createHash('sha256')
    .update(await readFile(crate))
    .digest('hex')
  await mkdir(join(registry(), 'index', 'ca', 'lm'), {recursive: true})
  const line = {name: 'calm', vers: version, deps: [], cksum, features: {}, yanked: false}
  await appendFile(join(registry(), 'index', 'ca', 'lm', 'calm'), `${JSON.stringify(line)}\n`)
}

function hasCargo(): boolean {
  try {
    execFileSync('cargo', ['--version'], {stdio: 'ignore'})
    return true
  } catch {
    return false
  }
}
