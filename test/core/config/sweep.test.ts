import {readFileSync} from 'node:fs'
import {dump, load} from 'js-yaml'
import {describe, expect, it} from 'vitest'
import {fileSchema, manifestSchema} from '../../../scripts/reference/schema.ts'
import type {Result} from '../../../src/core/base/result.ts'
import type {Config} from '../../../src/core/config/config.ts'
import {parseManifest} from '../../../src/core/config/manifest.ts'
import {parseConfig} from '../../../src/core/config/parse.ts'
import {KNOWN, problemsOf} from './support.ts'

/**
 * Every key there is, swept by what the schema says of it. The schema is made from the parser's own shapes, so a key
 * that is added is missed here until the fixture of all keys has it, and then it is tried like any other.
 */

type Tree = {[key: string]: Tree}
type Schema = {
  readonly title?: string
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly properties?: {readonly [key: string]: Schema}
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly required?: readonly string[]
}

const EVERYTHING = load(readFileSync('test/fixtures/config/everything.yaml', 'utf8')) as Tree
const MANIFEST = load(readFileSync('test/fixtures/config/everything.service.yaml', 'utf8')) as Tree

const FILES = [
  {name: 'sluice.yaml', tree: EVERYTHING, schema: fileSchema() as Schema, parse: configOf},
  {name: 'sluice.service.yaml', tree: MANIFEST, schema: manifestSchema() as Schema, parse: releaseOf},
] as const

function configOf(text: string): Result<unknown> {
  return parseConfig({file: 'sluice.yaml', text}, KNOWN)
}

function releaseOf(text: string): Result<unknown> {
  const parsed = parseManifest({file: 'sluice.yaml', text}, 'accounts', '2.0.0')
  return parsed.ok ? parsed : {ok: false, failure: {code: 'config-invalid', message: '', problems: parsed.failure}}
}

describe.each(FILES)('every key of $name', ({tree, schema, parse}) => {
  const spots = spotsOf(tree, schema)
  const meaning = valueOf(parse(inJson(tree)))

  it('is in the fixture', () => {
    const known = new Set(spots.map(({path, schema: own}) => saysOf(path.at(-1), own)))
    const missing = keysOf(schema).filter(({key, schema: own}) => !known.has(saysOf(key, own)))
    expect(missing.map(({path}) => path)).toEqual([])
  })

  it.each([
    ['block', {}],
    ['flow', {flowLevel: 0, lineWidth: -1}],
    ['flow in block', {flowLevel: 3}],
    ['single quotes', {forceQuotes: true, quotingType: "'"}],
    ['double quotes', {forceQuotes: true, quotingType: '"'}],
  ] as const)('means the same in %s', (_, how) => {
    expect(valueOf(parse(dump(tree, {noRefs: true, ...how})))).toEqual(meaning)
  })

  it('means the same in its short and its long form', () => {
    for (const {path, schema: own, value} of spots) {
      for (const other of otherForms(own, value)) {
        expect([path, valueOf(parse(inJson(tree, {at: path, write: other})))]).toEqual([path, meaning])
      }
    }
  })

  it('is refused where it stands, and told what stands there, where its value is wrong', () => {
    for (const {path} of spots) {
      const wrong = [[['wrong']]]
      const {line, column, problems} = tried(parse, tree, path, JSON.stringify(wrong))
      const found = problems.find(each => each.line === line && each.column >= column)
      expect([path, found?.message]).toEqual([path, expect.stringMatching(/list|wrong|too few|\[/)])
    }
  })

  it('is refused with a hint where a neighbour is nearly a key', () => {
    for (const {path, schema: own, value} of spots) {
      const keys = Object.keys(closedIn(own, value))
      if (keys.length === 0) continue
      const inside = {...Object.fromEntries(keys.map(key => [`${key}x`, 1])), ...(value as object)}
      const {line, problems} = tried(parse, tree, path, JSON.stringify(inside))
      for (const key of keys) {
        const found = problems.find(each => each.message === `unknown key "${key}x"`)
        expect([path, key, found?.line, found?.hint]).toEqual([path, key, line, expect.stringContaining(key)])
      }
    }
  })

  it('is refused where it stands twice', () => {
    for (const {path, value} of spots) {
      const key = path.at(-1)
      if (typeof key !== 'string') continue
      const {line, problems} = tried(parse, tree, path, `${JSON.stringify(value)}, ${JSON.stringify(key)}: 1`)
      const found = problems.find(each => each.message.startsWith(`the key ${JSON.stringify(key)} stands twice`))
      expect([path, found?.line]).toEqual([path, line])
    }
  })
})

describe('a list of which an entry is refused', () => {
  it.each([
    ['rollout: { steps: [[5], 100] }', '4:27 a list is not a share (a whole number from 0 to 100)'],
    ['rollout: { steps: [5, all] }', '4:30 "all" is not a share (a whole number from 0 to 100)'],
    ['gates: [{ approval: [ann, {}], count: 2 }]', '4:34 a mapping is not a name'],
  ])('%s is not complained of twice', (written, problem) => {
    expect(problemsOf(`sluice: 1\nsystem: s\nservices:\n  a: { ${written} }\n`)).toEqual([problem])
  })
})

describe('every key of a service', () => {
  it('means the same where an environment says it', () => {
    const services = EVERYTHING['services'] as Tree
    for (const [name, service] of Object.entries(services)) {
      const over = {
        ...EVERYTHING,
        services: {...services, [name]: {}},
        environments: {lab: {services: {[name]: service}}},
      } as unknown as Tree
      expect([name, serviceIn(over, name)]).toEqual([name, serviceIn(EVERYTHING, name)])
    }
  })
})

/** A service as an environment has it. */
function serviceIn(tree: Tree, name: string): unknown {
  const environments = 'lab' in (tree['environments'] as Tree) ? tree['environments'] : {lab: {}}
  const config = valueOf(configOf(inJson({...tree, environments, notifications: []} as unknown as Tree))) as Config
  return config.environments.get('lab')?.services.get(name)
}

interface Spot {
  readonly path: readonly (string | number)[]
  readonly schema: Schema
  readonly value: unknown
}

/** Every place of a document that the schema says something on. */
function spotsOf(value: unknown, schema: Schema, path: Spot['path'] = []): Spot[] {
  const here = path.length === 0 ? [] : [{path, schema, value}]
  if (typeof value !== 'object' || value === null) return here
  const forms = formsOf(schema)
  const inner = Object.entries(value).flatMap(([key, each]) => {
    const found = Array.isArray(value)
      ? forms.find(form => form.items)?.items
      : (forms.find(form => form.properties?.[key])?.properties?.[key] ?? freeIn(forms))
    return found ? spotsOf(each, found, [...path, Array.isArray(value) ? Number(key) : key]) : []
  })
  return [...here, ...inner]
}

/** What stands behind names that the writer of a file gives. */
function freeIn(forms: readonly Schema[]): Schema | undefined {
  return forms.map(form => form.additionalProperties).find(form => typeof form === 'object')
}

interface Key {
  readonly key: string
  readonly path: string
  readonly schema: Schema
}

/** Every key that the schema knows, but for what an environment overrides: those are the keys of a service once more. */
function keysOf(schema: Schema, path = ''): Key[] {
  if (path === '.environments.*.services') return []
  return formsOf(schema).flatMap(({properties = {}, additionalProperties, items}) => [
    ...Object.entries(properties).flatMap(([key, inner]) => [
      {key, path: `${path}.${key}`, schema: inner},
      ...keysOf(inner, `${path}.${key}`),
    ]),
    ...(typeof additionalProperties === 'object' ? keysOf(additionalProperties, `${path}.*`) : []),
    ...(items ? keysOf(items, `${path}.*`) : []),
  ])
}

/** A key that stands in two places with the same said of it is tried in one. */
function saysOf(key: string | number | undefined, schema: Schema): string {
  return `${key} ${JSON.stringify(schema)}`
}

/** A schema, or those it is a choice of. */
function formsOf(schema: Schema): readonly Schema[] {
  return schema.anyOf ? schema.anyOf.flatMap(formsOf) : [schema]
}

/**
 * The other ways of writing the same, where the schema takes text, or a list or a mapping instead. Of a list, the whole
 * text is one entry; but for a command, whose words have no title of their own.
 */
function otherForms(schema: Schema, value: unknown): readonly unknown[] {
  if (typeof value !== 'string' || !schema.anyOf) return []
  return formsOf(schema).flatMap(({items, properties, required = []}): unknown[] => {
    if (items) return [items.title === undefined ? value.split(' ') : [value]]
    return properties && required.length === 1 ? [{[required[0] as string]: value}] : []
  })
}

/** The keys of a mapping that takes no others. */
function closedIn(schema: Schema, value: unknown): {readonly [key: string]: Schema} {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  return formsOf(schema).find(form => form.additionalProperties === false)?.properties ?? {}
}

interface Written {
  readonly at: Spot['path']
  readonly write: unknown
}

/** One line for each key, which YAML reads as well. */
function inJson(tree: Tree, other?: Written): string {
  const copy = structuredClone(tree)
  if (other) {
    const parent = other.at.slice(0, -1).reduce((inner, key) => inner[key] as Tree, copy)
    parent[other.at.at(-1) as string] = other.write as Tree
  }
  return `${JSON.stringify(copy, null, 1)}\n`
}

const MARK = '@here@'

/** The problems of the file with something else at one place, and where that place is. */
function tried(parse: (text: string) => Result<unknown>, tree: Tree, path: Spot['path'], written: string) {
  const marked = inJson(tree, {at: path, write: MARK})
  const before = marked.slice(0, marked.indexOf(`"${MARK}"`))
  const parsed = parse(marked.replace(`"${MARK}"`, () => written))
  const problems = parsed.ok ? [] : (parsed.failure.problems ?? [])
  return {line: before.split('\n').length, column: before.length - before.lastIndexOf('\n'), problems}
}

function valueOf(parsed: Result<unknown>): unknown {
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure.problems, null, 1))
  return parsed.value
}
