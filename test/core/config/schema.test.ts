import {readFileSync} from 'node:fs'
import {Ajv} from 'ajv'
import fc from 'fast-check'
import {dump, load} from 'js-yaml'
import {describe, expect, it} from 'vitest'
import {fileSchema, manifestSchema} from '../../../scripts/reference/schema.ts'
import {parseManifest} from '../../../src/core/config/manifest.ts'
import {problemsOf} from './support.ts'

const ajv = new Ajv({strict: false, allErrors: true})
const fits = ajv.compile(fileSchema())
const manifestFits = ajv.compile(manifestSchema())

/** What an editor says of a text: it reads YAML as YAML is. */
function editorTakes(text: string): boolean {
  return fits(load(text))
}

const EVERYTHING = readFileSync('test/fixtures/config/everything.yaml', 'utf8')
/** An override says less than a service has to. */
const PARTIAL = `sluice: 1
system: shop
services: { a: { run: { health: { path: /up } }, route: { backend: a } } }
environments: { test: { services: { a: { run: { health: { timeout: 1m } }, route: { listen: "127.0.0.1:8001" } } } } }
`
/** Digits may stand where a name or a range may. */
const NUMBERS =
  'sluice: 1\nsystem: 2048\nservices: { 7: { releases: { 1.0.0: { consumes: { x: 2 } } }, after: [8] }, 8: {} }\n'
const SPEC = readFileSync('test/fixtures/config/spec.yaml', 'utf8')

describe('the JSON Schema of sluice.yaml', () => {
  it('takes what the parser takes', () => {
    for (const text of [EVERYTHING, SPEC, PARTIAL, NUMBERS]) {
      expect(problemsOf(text)).toEqual([])
      editorTakes(text)
      expect(fits.errors ?? []).toEqual([])
    }
  })

  it('refuses what the parser refuses, where one value is enough to know', () => {
    for (const wrong of WRONG) {
      const text = `sluice: 1\nsystem: shop\nservices: { a: {} }\n${wrong}\n`
      expect([wrong, problemsOf(text).length > 0, editorTakes(text)]).toEqual([wrong, true, false])
    }
    for (const text of [
      'system: a\nservices: {}\n',
      'sluice: 2\nsystem: a\nservices: {}\n',
      'sluice: 1\nservices: {}\n',
      'sluice: 1\nsystem: a\n',
      '[]',
      'text',
    ]) {
      expect([text, problemsOf(text).length > 0, editorTakes(text)]).toEqual([text, true, false])
    }
  })

  it('never marks what the parser takes, whatever is changed in a file', () => {
    fc.assert(
      fc.property(fc.nat(), SOMETHING, fc.constantFrom('put', 'add', 'drop'), (seed, something, how) => {
        const changed = load(EVERYTHING) as Tree
        const spots = spotsOf(changed)
        const [parent, key] = spots[seed % spots.length] as Spot
        if (how === 'drop') delete parent[key]
        else parent[how === 'put' ? key : 'added'] = something as unknown as Tree
        const text = dump(changed, {noRefs: true})
        const takes = problemsOf(text).length === 0
        expect([text, !takes || editorTakes(text)]).toEqual([text, true])
      }),
      {numRuns: 200},
    )
  })

  it('marks every key and every kind of value that the parser refuses', () => {
    const tree = load(EVERYTHING) as Tree
    for (const [index, spot] of spotsOf(tree).entries()) {
      const [parent, key, path] = spot
      if (isFree(path)) continue
      const before = parent[key] as Tree
      for (const other of [OTHER_KINDS[index % OTHER_KINDS.length], OTHER_KINDS[(index + 2) % OTHER_KINDS.length]]) {
        parent[key] = other as unknown as Tree
        const text = dump(tree, {noRefs: true})
        const refused = shapeProblems(text)
        expect([path.join('.'), other, refused, fits(tree)]).toEqual([path.join('.'), other, refused, !refused])
      }
      parent[key] = before
    }
  })
})

/** Problems of one value; those between values are known to the parser alone. */
function shapeProblems(text: string): boolean {
  return problemsOf(text).some(problem => !BETWEEN.test(problem))
}

const BETWEEN =
  / there is no | no release of | this release of | goes in a circle| nobody provides | ever runs the hook | has no copies of /

type Tree = {[key: string]: Tree}
type Spot = readonly [parent: Tree, key: string, path: readonly string[]]

/** Every place of a document that holds a value. */
function spotsOf(tree: Tree, path: readonly string[] = []): Spot[] {
  return Object.keys(tree).flatMap(key => {
    const value = tree[key]
    const here = [...path, key]
    const below = typeof value === 'object' && value !== null ? spotsOf(value, here) : []
    return [[tree, key, here] as const, ...below]
  })
}

/** A driver's own options may be anything. */
function isFree(path: readonly string[]): boolean {
  return (
    path[0] === 'environments' &&
    (path[2] === 'runtime' || path[2] === 'balancer') &&
    path[3] !== undefined &&
    path[3] !== 'driver'
  )
}

const OTHER_KINDS = [true, null, [[]], {unknown: 1}, '']
const SOMETHING = fc.oneof(
  fc.constantFrom(
    ...OTHER_KINDS,
    0,
    1,
    7,
    100,
    'x',
    '1.0.0',
    '^1',
    '30s',
    'latest',
    'none',
    '< 1%',
    {},
    {release: '1.0.0'},
    {path: '/x'},
    ['a', 'b'],
  ),
)

const WRONG = [
  'usage: { clients: [nobody] }',
  'unknown: true',
  'contracts: { x: { compatibility: loose } }',
  'contracts: { x: { calls: {} } }',
  'contracts: { x: { calls: { path: "/v{major}", query: "v={major}" } } }',
  'contracts: { x: { quiet: 7 days } }',
  'contracts: { "x y": {} }',
  'services: { "..": {} }',
  'environments: { test: { runtime: docker } }',
  'environments: { test: { runtime: {} } }',
  'environments: { test: { current: { a: ^1 } } }',
  'environments: { test: { target: { a: newest } } }',
  'environments: { test: { target: { a: { mode: v1 } } } }',
  'environments: { test: { excuse: [{ client: a, server: a, contract: x }] } }',
  'environments: { test: { services: { a: { rolle: x } } } }',
  'apart: [[a]]',
  'apart: [a]',
].map(text => (text.startsWith('services') ? text.replace('services', 'environments') : text))

describe('the JSON Schema of a manifest', () => {
  it('agrees with the parser', () => {
    const examples: [string, boolean][] = [
      ['service: a', true],
      [
        'service: a\nprovides: { x: [1.4.0, 2.0.0] }\nconsumes: { y: ^3 }\nupgradesFrom: ">=1.9"\nirreversible: false',
        true,
      ],
      [
        'service: a\nmodes: { m: { provides: { x: 1 }, irreversible: true } }\nupgradesFrom: { release: ^1, mode: m }',
        true,
      ],
      ['provides: {}', false],
      ['service: a\nprovide: {}', false],
      ['service: a\nconsumes: { x: [^1] }', false],
      ['service: a\nirreversible: maybe', false],
      ['service: a\nrun: { replicas: 2 }', false],
      ['service: a\nupgradesFrom: { mode: m }', false],
    ]
    for (const [text, isRight] of examples) {
      expect([text, parseManifest({file: 'm', text}, 'a', '1.0.0').ok, manifestFits(load(text))]).toEqual([
        text,
        isRight,
        isRight,
      ])
    }
  })
})
