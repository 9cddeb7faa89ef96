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
      return [
        ecosystem.name,
        relock.map(({command, edit}) => [...command, ...(edit ? [`(${edit.says})`] : [])].join(' ')),
      ]
    })
    expect(Object.fromEntries(lines)).toMatchSnapshot()
  })
})

describe('npm-shrinkwrap.json', () => {
  it('is taken before package-lock.json, as npm does', async () => {
    const lock = (version: string) => JSON.stringify({lockfileVersion: 3, packages: {'node_modules/a': {version}}})
    const found = files({
      'npm-shrinkwrap.json': lock('1.0.1'),
      'package-lock.json': lock('2.0.0'),
      'package.json': '{}',
    })
    expect(ecosystemOf(found)?.name).toBe('npm')
    expect(Object.fromEntries((await ecosystemOf(found)?.read?.(found)) ?? [])).toEqual({a: ['1.0.1']})
    expect(ecosystemOf(files({'npm-shrinkwrap.json': lock('1.0.1')}))?.name).toBe('npm')
  })
})

describe('yarn.lock of yarn 1', () => {
  const CLASSIC = ECOSYSTEMS.find(ecosystem => ecosystem.name === 'yarn-classic')
  const edited = (only: readonly string[]) => CLASSIC?.relock(files({}), 'in-range', {only})?.[0]?.edit?.to(YARN_1)

  it('loses exactly the libraries whose newest is wanted', () => {
    expect(edited(['@s/b'])).toBe('# yarn lockfile v1\n\n\na@^1.0.0:\n  version "1.0.1"\n')
    expect(edited(['a'])).toBe('# yarn lockfile v1\n\n\n"@s/b@^1.0.0", "@s/b@^1.1.0":\n  version "1.2.0"\n')
    expect(edited(['b', '@s/a'])).toBe(YARN_1)
  })

  it('is stale where it has for any version what the manifest has a range for, which yarn 1 lets pass', () => {
    const stale = (lock: string, range: string) =>
      CLASSIC?.stale?.(files({'yarn.lock': lock, 'package.json': JSON.stringify({devDependencies: {a: range}})}))
    expect(stale('b, a, c@1:\n  version "1.0.1"\n', '^2.0.0')).toBe(
      'package.json asks for a ^2.0.0, and yarn.lock has it for any version',
    )
    expect(stale('a, a@^2.0.0:\n  version "2.0.1"\n', '^2.0.0')).toBeUndefined()
    expect(stale('a:\n  version "1.0.1"\n', '')).toBeUndefined()
    expect(stale(YARN_1, '^1.0.0')).toBeUndefined()
  })
})

describe('pnpm-lock.yaml', () => {
  const PNPM = ECOSYSTEMS.find(ecosystem => ecosystem.name === 'pnpm')
  const edited = (text: string, only: readonly string[]) =>
    PNPM?.relock(files({}), 'in-range', {only})?.[0]?.edit?.to(text)
  const entry = (key: string) => `\n  ${key}:\n    dependencies:\n      a: 1.0.1\n`

  it.each([
    ['a@1.0.1', `'@s/b@1.2.0'`],
    [`/a@1.0.1(b@2.0.0)`, `/@s/b@1.2.0`],
    ['/a/1.0.1_b@2.0.0', '/@s/b/1.2.0'],
  ])('loses the entries of the libraries whose newest is wanted, and keeps what refers to them: %s', (a, b) => {
    const lock = (...keys: readonly string[]) =>
      `importers:\n\n  a:\n    dependencies: {}\n\npackages:\n${keys.map(entry).join('')}\nsnapshots:\n${keys.map(entry).join('')}`
    expect(edited(lock(a, b), ['@s/b'])).toBe(lock(a))
    expect(edited(lock(b, a), ['b'])).toBe(lock(b, a))
  })
})
