import {mkdir, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {libraryOutdated, type OutdatedAsked} from '../../../src/app/library-outdated.ts'
import {librarySkew} from '../../../src/app/library-skew.ts'
import type {Result} from '../../../src/core/base/result.ts'
import {type MatrixRig, matrixRig} from '../../support/matrix-rig.ts'
import {type Registry, startRegistry} from '../../support/registry.ts'

let registry: Registry
let rig: MatrixRig

const library = (name: string, version: string) => ({
  name,
  version,
  files: {'index.js': `module.exports = '${version}'`},
})

const WEAKNESS = {
  id: 'GHSA-weak',
  summary: 'weak trusts its caller',
  database_specific: {severity: 'CRITICAL'},
  affected: [
    {
      package: {ecosystem: 'npm', name: 'weak'},
      ranges: [{type: 'SEMVER', events: [{introduced: '0'}, {fixed: '1.0.1'}]}],
    },
  ],
}

/** accounts is tagged with the versions of the first day, and lies on main as it was; billing has taken what came since. */
beforeAll(async () => {
  registry = await startRegistry()
  rig = await matrixRig(registry.url)
  await registry.publish(library('weak', '1.0.0'), library('near', '1.0.0'), library('far', '1.0.0'))
  const manifest = (name: string) => ({
    'package.json': JSON.stringify({
      name,
      version: '1.0.0',
      dependencies: {weak: '^1.0.0', near: '^1.0.0'},
      devDependencies: {far: '^1.0.0'},
      scripts: {test: 'node -e 0'},
    }),
  })
  const accounts = await rig.repository('accounts', {main: manifest('accounts')})
  await lock(accounts)
  await rig.run(accounts, 'git', 'tag', 'v1.0.0')
  await registry.publish(library('weak', '1.0.1'), library('near', '1.1.0'), library('far', '2.0.0'))
  await lock(await rig.repository('billing', {main: manifest('billing')}))
  await writeFile(join(rig.folder, 'weaknesses.json'), JSON.stringify([WEAKNESS]))
  await writeFile(join(rig.folder, 'sluice.yaml'), SYSTEM)
})

const SYSTEM = `
sluice: 1
system: shop
services:
  accounts: {repo: ./accounts}
  billing: {repo: ./billing, matrix: {prod: main}}
environments:
  production: {current: {accounts: 1.0.0}, target: {}}
`

async function lock(repo: string) {
  await rig.run(repo, 'npm', 'install', '--package-lock-only')
  await rig.run(repo, 'git', 'add', '--all')
  await rig.run(repo, 'git', 'commit', '--quiet', '--message', 'lock')
}

afterAll(async () => {
  await rig?.close()
  await registry?.close()
})

const asked = (more: Partial<OutdatedAsked> = {}): OutdatedAsked => ({
  cwd: rig.folder,
  services: [],
  environment: {...rig.env, SLUICE_CACHE: join(rig.folder, 'cache')},
  signal: new AbortController().signal,
  timeoutMs: 60_000,
  branch: 'prod',
  offline: true,
  transitive: false,
  apply: false,
  push: false,
  ...more,
})

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failure.message)
  return result.value
}

async function updates(more: Partial<OutdatedAsked>) {
  const shown = must(await libraryOutdated(asked(more)))
  return shown.map(one =>
    'why' in one ? one.why : one.updates.map(({take, library: name, from, to}) => `${take}: ${name} ${from} > ${to}`),
  )
}

describe('library outdated', () => {
  it('knows what to take when, of the release that runs', async () => {
    expect(await updates({advisories: join(rig.folder, 'weaknesses.json'), services: ['accounts']})).toEqual([
      ['now: weak 1.0.0 > 1.0.1', 'next-minor: near 1.0.0 > 1.1.0', 'next-major: far 1.0.0 > 2.0.0'],
    ])
  })

  it('takes no unasked database for a clean bill', async () => {
    const [accounts] = must(await libraryOutdated(asked({services: ['accounts']})))
    expect(accounts).toMatchObject({advisories: []})
    expect(await updates({services: ['accounts']})).toEqual([
      ['next-minor: near 1.0.0 > 1.1.0', 'next-minor: weak 1.0.0 > 1.0.1', 'next-major: far 1.0.0 > 2.0.0'],
    ])
  })

  it('says why it knows nothing of one service, and goes on with the others', async () => {
    await rig.repository('bare', {main: {'README.md': 'nothing here'}})
    await writeFile(
      join(rig.folder, 'bare.yaml'),
      SYSTEM.replace('billing: {', 'bare: {repo: ./bare, matrix: {prod: main}}\n  billing: {'),
    )
    expect(await updates({config: join(rig.folder, 'bare.yaml'), services: ['bare', 'billing']})).toEqual([
      'no lock file of a known package manager at the root',
      ['next-major: far 1.0.0 > 2.0.0'],
    ])
  })

  it('prepares a commit for each class, and touches nothing that is checked out', async () => {
    const repo = join(rig.folder, 'accounts')
    await writeFile(join(repo, 'package.json'), 'in the middle of something')
    const [accounts] = must(
      await libraryOutdated(
        asked({services: ['accounts'], apply: true, advisories: join(rig.folder, 'weaknesses.json')}),
      ),
    )
    expect(accounts).toMatchObject({prepared: {at: {is: 'branch', where: 'sluice/libraries-accounts'}}})
    expect(await rig.run(repo, 'cat', 'package.json')).toBe('in the middle of something')
    await rig.run(repo, 'git', 'checkout', '--quiet', '--', 'package.json')
    expect(await rig.run(repo, 'git', 'status', '--porcelain')).toBe('')
    const log = await rig.run(repo, 'git', 'log', '--reverse', '--format=%s', 'main..sluice/libraries-accounts')
    expect(log.trim().split('\n')).toEqual([
      'Mend weaknesses of libraries',
      'Newer minor versions of libraries',
      'New major versions of libraries',
    ])
    expect(await locked(repo, 'sluice/libraries-accounts~2')).toEqual({weak: '1.0.1', near: '1.0.0', far: '1.0.0'})
    expect(await locked(repo, 'sluice/libraries-accounts~1')).toEqual({weak: '1.0.1', near: '1.1.0', far: '1.0.0'})
    expect(await locked(repo, 'sluice/libraries-accounts')).toEqual({weak: '1.0.1', near: '1.1.0', far: '2.0.0'})
  })

  it('overwrites no branch that holds something else', async () => {
    const repo = join(rig.folder, 'billing')
    await rig.run(repo, 'git', 'branch', 'sluice/libraries-billing', (await elsewhere(repo)).trim())
    const [billing] = must(await libraryOutdated(asked({services: ['billing'], apply: true})))
    expect(billing).toMatchObject({prepared: {at: {is: 'refused', where: 'sluice/libraries-billing'}}})
    expect(await rig.run(repo, 'git', 'log', '--format=%s', '-1', 'sluice/libraries-billing')).toBe('elsewhere\n')
  })

  it('knows what a matrix found guilty, also after runs that did not search, or were of other cells', async () => {
    const folder = join(rig.folder, '.sluice', 'matrix', 'accounts')
    await mkdir(folder, {recursive: true})
    const near = {name: 'near', from: '1.0.0', to: '1.1.0'}
    const cell = (branch: string, dependencies: string, outcome: string) => ({
      branch,
      dependencies,
      outcome,
      commit: 'abc',
      changed: dependencies === 'latest' ? [near] : [],
    })
    const red = [cell('prod', 'latest', 'failed'), cell('master', 'latest', 'failed')]
    const runs = [
      {cells: red, culprits: [near]},
      {cells: red, culprits: []},
      {cells: [cell('prod', 'latest', 'skipped'), cell('master', 'pinned', 'passed')], culprits: []},
    ]
    for (const [at, run] of runs.entries()) await writeFile(join(folder, `${at}.json`), JSON.stringify(run))
    expect(await updates({services: ['accounts']})).toEqual([
      ['next-minor: weak 1.0.0 > 1.0.1', 'next-major: far 1.0.0 > 2.0.0', 'hold: near 1.0.0 > 1.1.0'],
    ])
    await rm(folder, {recursive: true})
  })

  it('refuses weaknesses that are none', async () => {
    await mkdir(join(rig.folder, 'dump'), {recursive: true})
    await writeFile(join(rig.folder, 'dump', 'one.json'), '{"no": "record"}')
    const result = await libraryOutdated(asked({advisories: join(rig.folder, 'dump')}))
    expect(result).toMatchObject({ok: false, failure: {code: 'usage'}})
  })
})

/** A commit that is on no branch of ours. */
async function elsewhere(repo: string) {
  return rig.run(repo, 'git', 'commit-tree', '-m', 'elsewhere', 'main^{tree}')
}

async function locked(repo: string, ref: string) {
  const text = await rig.run(repo, 'git', 'show', `${ref}:package-lock.json`)
  const {packages} = JSON.parse(text) as {packages: Record<string, {version: string}>}
  return Object.fromEntries(['weak', 'near', 'far'].map(name => [name, packages[`node_modules/${name}`]?.version]))
}

describe('library skew', () => {
  it('counts what is in production, and finds the move that leaves fewest versions', async () => {
    const skew = must(await librarySkew(asked(), 'prod'))
    expect(skew).toMatchObject({
      libraries: 3,
      versions: 5,
      unknown: [],
      moves: [{kind: 'update', service: 'accounts', removes: 2, adds: 0, libraries: ['near', 'weak']}],
    })
  })
})
