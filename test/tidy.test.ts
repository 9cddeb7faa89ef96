import {readdirSync, readFileSync} from 'node:fs'
import {basename} from 'node:path'
import {describe, expect, it} from 'vitest'
import {BALANCER_DRIVERS} from '../src/adapters/balancer/registry.ts'
import {RUNTIME_DRIVERS} from '../src/adapters/runtime/registry.ts'
import {ENGINE} from '../vitest.config.ts'
import {readSource, type SourceFile} from './support/source.ts'

/**
 * The order in which data goes through the house, top to bottom: a file imports its own layer and those above it, types
 * included.
 */
const LAYERS = [
  'core/base',
  'core/config',
  'core/graph',
  'core/plan',
  'core/rollout',
  'core/contract',
  'core/usage',
  'core/matrix',
  'core/library',
  'core/event',
  'ports',
  'engine',
  'report',
  'adapters',
  'simulation',
  'app',
  'demo',
  'commands',
  'hooks',
  'cli.ts',
  'action',
]

/** The same within planning. */
const PLANNING = ['core/plan/board', 'core/plan/order', 'core/plan/search', 'core/plan/explain']

/** Layers that meet only in `app`, whatever their order. */
const STRANGERS: Readonly<Record<string, readonly string[]>> = {
  report: ['engine'],
  adapters: ['engine', 'report'],
  simulation: ['report', 'adapters'],
}

/** Packages that only compute. */
const PURE_PACKAGES = new Set([
  'semver',
  'yaml',
  'js-yaml',
  'fastest-levenshtein',
  '@stdlib/stats-base-dists-beta-cdf',
  '@stdlib/stats-base-dists-normal-quantile',
])

/** The core's one fingerprint is a hash, which Node computes. */
const PURE_OF_NODE: Readonly<Record<string, readonly string[]>> = {'node:crypto': ['createHash']}

const source = readSource()
const byPath = new Map(source.map(file => [file.path, file]))

describe('the house', () => {
  it('has a layer for every file', () => {
    expect(source.filter(file => layerOf(file.path) === undefined).map(file => file.path)).toEqual([])
  })

  it('is imported from top to bottom only', () => {
    const rank = (path: string) => LAYERS.indexOf(layerOf(path) ?? '')
    expect(
      edges()
        .filter(([from, to]) => rank(to) > rank(from))
        .map(said),
    ).toEqual([])
  })

  it('keeps engine, report and adapters apart, but for app', () => {
    const strange = ([from, to]: Edge) => STRANGERS[layerOf(from) ?? '']?.includes(layerOf(to) ?? '')
    expect(edges().filter(strange).map(said)).toEqual([])
  })

  it('plans from top to bottom, and checks a plan with nothing that made it', () => {
    const rank = (path: string) => PLANNING.findIndex(folder => path.startsWith(`${folder}/`))
    const isChecker = (path: string) => /^core\/plan\/check[./]/.test(path)
    const wrong = ([from, to]: Edge) =>
      rank(from) >= 0 ? rank(to) > rank(from) || isChecker(to) : isChecker(from) && rank(to) >= 0
    expect(edges().filter(wrong).map(said)).toEqual([])
    expect(PLANNING.every(folder => source.some(({path}) => path.startsWith(`${folder}/`)))).toBe(true)
  })

  it('has no cycle', () => {
    expect(cycles()).toEqual([])
  })

  it('has files that can be read in one go', () => {
    expect(source.filter(file => file.text.split('\n').length > 400).map(file => file.path)).toEqual([])
  })

  it('leaves nothing for later, and skips no test', () => {
    const tests = readdirSync('test', {recursive: true, encoding: 'utf8'}).filter(path => path.endsWith('.test.ts'))
    const texts = [
      ...source.map(file => [file.path, file.text]),
      ...tests.map(path => [path, readFileSync(`test/${path}`, 'utf8')]),
    ]
    const open = /\b(?:TO(?:DO)|FIX(?:ME)|XX[X])\b|\b(?:it|describe|test)\.(?:on[l]y|ski[p]|tod[o])\(/
    expect(texts.filter(([, text]) => open.test(text ?? '')).map(([path]) => path)).toEqual([])
  })
})

describe('every driver', () => {
  const drivers = [
    ...BALANCER_DRIVERS.map(name => ({name, kind: 'balancer'})),
    ...RUNTIME_DRIVERS.map(name => ({name, kind: 'runtime'})),
  ]

  it.each(drivers)('$name has a page', ({name}) => {
    expect(readFileSync(`docs/drivers/${name}.md`, 'utf8').length).toBeGreaterThan(0)
  })

  it.each(drivers)('$name runs the conformance suite of a $kind', ({name, kind}) => {
    expect(readFileSync(`test/adapters/${kind}/${name}.real.test.ts`, 'utf8')).toContain(`conformance/${kind}.ts`)
  })
})

describe('tests that share the Docker engine', () => {
  it('are the ones that run one after another', () => {
    const real = readdirSync('test', {recursive: true, encoding: 'utf8'}).filter(path => path.endsWith('.real.test.ts'))
    const sharing = real.filter(path => /support\/(?:docker|swarm)\.ts/.test(readFileSync(`test/${path}`, 'utf8')))
    expect(sharing.filter(path => !ENGINE.includes(`test/**/${basename(path)}`))).toEqual([])
    expect(sharing.length).toBeGreaterThan(0)
  })
})

describe('the core', () => {
  const core = source.filter(file => file.path.startsWith('core/'))

  it('computes: no clock, chance, environment, console or network', () => {
    expect(core.flatMap(file => [...file.uses].map(use => `${file.path} uses ${use}`))).toEqual([])
  })

  it('imports nothing that does more than compute', () => {
    const outside = core.flatMap(file =>
      file.imports.filter(found => !found.isRelative).map(found => ({file, ...found})),
    )
    const impure = outside.filter(
      ({from, names}) =>
        !PURE_PACKAGES.has(packageOf(from)) && !names.every(name => PURE_OF_NODE[from]?.includes(name)),
    )
    expect(impure.map(({file, from}) => `${file.path} imports ${from}`)).toEqual([])
  })
})

/** `semver/classes/range.js` is of `semver`. */
function packageOf(from: string): string {
  return from.split('/', from.startsWith('@') ? 2 : 1).join('/')
}

describe('everything', () => {
  it('tells the time from the clock it was given, in engine and reports', () => {
    const held = source.filter(file => /^(engine|report)\//.test(file.path))
    expect(held.flatMap(file => [...file.uses].map(use => `${file.path} uses ${use}`))).toEqual([])
  })

  it('leaves output to the commands', () => {
    expect(source.filter(file => file.uses.has('console')).map(file => file.path)).toEqual([])
  })

  it('starts programs without a shell', () => {
    const shelled = (file: SourceFile) =>
      file.uses.has('shell: true') ||
      file.imports.some(
        ({from, names}) => /^(node:)?child_process$/.test(from) && names.some(name => /^exec(Sync)?$/.test(name)),
      )
    expect(source.filter(shelled).map(file => file.path)).toEqual([])
  })
})

type Edge = readonly [from: string, to: string]

function edges(): readonly Edge[] {
  return source.flatMap(file =>
    file.imports.filter(found => found.isRelative).map(found => [file.path, found.from] as const),
  )
}

function said([from, to]: Edge): string {
  return `${from} imports ${to}`
}

function layerOf(path: string): string | undefined {
  return LAYERS.filter(layer => path === layer || path.startsWith(`${layer}/`)).sort((a, b) => b.length - a.length)[0]
}

/** Every way round, each told once, from where the search first met it. */
function cycles(): readonly string[] {
  const found: string[] = []
  const finished = new Set<string>()
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(' -> '))
    if (trail.includes(path) || finished.has(path)) return
    for (const {from, isRelative} of byPath.get(path)?.imports ?? []) if (isRelative) visit(from, [...trail, path])
    finished.add(path)
  }
  for (const {path} of source) visit(path, [])
  return found
}
