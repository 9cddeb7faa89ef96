import {describe, expect, it} from 'vitest'
import {ECOSYSTEMS, ecosystemOf} from '../../../src/adapters/matrix/ecosystems/index.ts'
import {filesOf} from '../../../src/adapters/matrix/source.ts'

const files = (texts: Readonly<Record<string, string>>) => filesOf(new Map(Object.entries(texts)))

const YARN_1 =
  '# yarn lockfile v1\n\n\n"@s/b@^1.0.0", "@s/b@^1.1.0":\n  version "1.2.0"\n\na@^1.0.0:\n  version "1.0.1"\n'
const BERRY =
  '__metadata:\n  version: 8\n\n"a@npm:^1.0.0":\n  version: 1.0.1\n  linkType: hard\n\n"s@workspace:.":\n  version: 0.0.0-use.local\n  linkType: soft\n'
const TOML = '[[package]]\nname = "a"\nversion = "1.0.1"\n\n[[package]]\nname = "b"\nversion = "2.0.0"\n'
const NPM_3 = {
  lockfileVersion: 3,
  packages: {
    '': {version: '1.0.0'},
    'packages/own': {version: '1.0.0'},
    'node_modules/own': {link: true},
    'node_modules/a': {version: '1.0.1'},
    'node_modules/@s/b': {version: '1.2.0'},
    'node_modules/@s/b/node_modules/a': {version: '2.0.0'},
    'node_modules/alias': {name: 'real', version: '3.0.0'},
  },
}
const NPM_1 = {lockfileVersion: 1, dependencies: {a: {version: '1.0.1', dependencies: {b: {version: '2.0.0'}}}}}

/** What each lock file says, by the name of who reads it. */
const LOCKS: readonly (readonly [name: string, file: string, text: string, libraries: Record<string, string[]>])[] = [
  ['npm', 'package-lock.json', JSON.stringify(NPM_3), {'@s/b': ['1.2.0'], a: ['1.0.1', '2.0.0'], real: ['3.0.0']}],
  ['npm', 'package-lock.json', JSON.stringify(NPM_1), {a: ['1.0.1'], b: ['2.0.0']}],
  [
    'pnpm',
    'pnpm-lock.yaml',
    `lockfileVersion: '9.0'\npackages:\n  '@s/b@1.2.0': {}\n  a@1.0.1: {}\n`,
    {'@s/b': ['1.2.0'], a: ['1.0.1']},
  ],
  ['pnpm', 'pnpm-lock.yaml', `lockfileVersion: '6.0'\npackages:\n  /a@1.0.1(b@2.0.0): {}\n`, {a: ['1.0.1']}],
  [
    'pnpm',
    'pnpm-lock.yaml',
    `lockfileVersion: 5.4\npackages:\n  /@s/b/1.2.0: {}\n  /a/1.0.1_b@2.0.0: {}\n`,
    {'@s/b': ['1.2.0'], a: ['1.0.1']},
  ],
  ['yarn-classic', 'yarn.lock', YARN_1, {'@s/b': ['1.2.0'], a: ['1.0.1']}],
  ['yarn-berry', 'yarn.lock', BERRY, {a: ['1.0.1']}],
  ['uv', 'uv.lock', TOML, {a: ['1.0.1'], b: ['2.0.0']}],
  ['poetry', 'poetry.lock', TOML, {a: ['1.0.1'], b: ['2.0.0']}],
  ['cargo', 'Cargo.lock', TOML, {a: ['1.0.1'], b: ['2.0.0']}],
  [
    'pip',
    'requirements.txt',
    'a==1.0.1 \\\n    --hash=sha256:x\nb[extra]==2.0.0 ; python_version > "3"\n# c==1\n',
    {a: ['1.0.1'], b: ['2.0.0']},
  ],
  [
    'bundler',
    'Gemfile.lock',
    'GEM\n  specs:\n    a (1.0.1)\n      b (~> 2)\n    b (2.0.0)\n',
    {a: ['1.0.1'], b: ['2.0.0']},
  ],
  ['gradle', 'gradle.lockfile', '# comment\ng:a:1.0.1=testRuntimeClasspath\nempty=\n', {'g:a': ['1.0.1']}],
]

describe('a lock file', () => {
  it.each(LOCKS)('of %s: %s', async (name, file, text, libraries) => {
    const found = files({[file]: text})
    const ecosystem = ecosystemOf(found)
    expect(ecosystem?.name).toBe(name)
    expect(Object.fromEntries((await ecosystem?.read?.(found)) ?? [])).toEqual(libraries)
  })

  it('of go, where the lines of go.mod files are no code', async () => {
    const found = files({'go.mod': 'module m', 'go.sum': 'x.org/a v1.0.1 h1:x=\nx.org/a v1.0.1/go.mod h1:y=\n'})
    expect(Object.fromEntries((await ecosystemOf(found)?.read?.(found)) ?? [])).toEqual({'x.org/a': ['v1.0.1']})
  })
})

describe('the package manager', () => {
  it('is the one that the manifest names, where several lock files lie there', () => {
    const both = {'package-lock.json': '{}', 'yarn.lock': YARN_1}
    expect(ecosystemOf(files({...both, 'package.json': '{}'}))?.name).toBe('yarn-classic')
    expect(ecosystemOf(files({...both, 'package.json': '{"packageManager": "npm@10.0.0"}'}))?.name).toBe('npm')
  })

  it('must be able to read the lock file, since some would install the newest of everything instead', () => {
    const pnpm = ECOSYSTEMS.find(ecosystem => ecosystem.name === 'pnpm')
    const old = files({'pnpm-lock.yaml': 'lockfileVersion: 5.4\n'})
    expect(pnpm?.unfit?.(old, '10.1.0')).toContain('cannot read')
    expect(pnpm?.unfit?.(old, '7.33.0')).toBeUndefined()
    const classic = ECOSYSTEMS.find(ecosystem => ecosystem.name === 'yarn-classic')
    expect(classic?.unfit?.(files({}), '4.1.0')).toContain('rewrite')
  })

  it('is asked for exactly the libraries of a search', () => {
    const lines = ECOSYSTEMS.map(ecosystem => {
      const found = files({'package.json': '{"dependencies": {"a": "^1.0.0"}}', 'requirements.in': 'a'})
      const relock = ecosystem.relock(found, 'in-range', {only: ['a', 'b']}) ?? []
      return [ecosystem.name, relock.map(line => line.command.join(' '))]
    })
    expect(Object.fromEntries(lines)).toMatchSnapshot()
  })
})
