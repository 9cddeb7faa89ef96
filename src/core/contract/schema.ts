import {asList, asMap, asText, type Unsure} from '../config/draft/unsure.ts'
import type {ApiDocument} from './document.ts'

/** A schema with what several keywords say together in one place: `nullable`, `const`, `allOf`, old and new bounds. */
export interface Schema {
  /** Undefined: any. */
  readonly types: ReadonlySet<string> | undefined
  /** The values that it takes, as JSON; undefined: not listed. */
  readonly values: ReadonlySet<string> | undefined
  readonly properties: ReadonlyMap<string, unknown>
  readonly required: ReadonlySet<string>
  /** False: no other properties; undefined: any. */
  readonly others: false | undefined | Unsure
  readonly items: unknown
  /** Of these, one must fit; undefined where nothing is said. */
  readonly alternatives: readonly unknown[] | undefined
  /** Lower bounds, and upper ones, by keyword. */
  readonly least: ReadonlyMap<string, number>
  readonly most: ReadonlyMap<string, number>
  /** Keywords that say what cannot be compared, only told apart. */
  readonly opaque: ReadonlyMap<string, string>
}

const LEAST = ['minLength', 'minItems', 'minProperties', 'minimum', 'exclusiveMinimum']
const MOST = ['maxLength', 'maxItems', 'maxProperties', 'maximum', 'exclusiveMaximum']
const OPAQUE = [
  'pattern',
  'format',
  'multipleOf',
  'uniqueItems',
  'not',
  'if',
  'then',
  'else',
  'patternProperties',
  'propertyNames',
  'contains',
  'prefixItems',
  'discriminator',
]

/** One schema of a document, its reference followed. */
export function schemaOf(document: ApiDocument, value: unknown): Schema {
  const own = document.follow(value)
  const parts = asList(own.get('allOf')).map(part => schemaOf(document, part))
  return [plainSchema(own), ...parts].reduce(together)
}

function plainSchema(written: Unsure): Schema {
  const nullable = written.get('nullable') === true ? ['null'] : []
  const said = written.get('type')
  const types = (Array.isArray(said) ? said : [said]).flatMap(type => asText(type) ?? [])
  const values = written.has('const') ? [written.get('const')] : asList(written.get('enum'))
  const alternatives = [...asList(written.get('oneOf')), ...asList(written.get('anyOf'))]
  const others = written.get('additionalProperties')
  return {
    types: types.length === 0 ? undefined : new Set([...types, ...nullable]),
    values:
      values.length === 0
        ? undefined
        : new Set([...values, ...(nullable.length > 0 ? [null] : [])].map(value => JSON.stringify(value))),
    properties: asMap(written.get('properties')),
    required: new Set(asList(written.get('required')).flatMap(name => asText(name) ?? [])),
    others: others === false ? false : typeof others === 'object' && others !== null ? asMap(others) : undefined,
    items: written.get('items'),
    alternatives: alternatives.length === 0 ? undefined : alternatives,
    least: numbersIn(written, LEAST, 'minimum'),
    most: numbersIn(written, MOST, 'maximum'),
    opaque: new Map(
      OPAQUE.flatMap(key => (written.has(key) ? [[key, JSON.stringify(written.get(key))] as const] : [])),
    ),
  }
}

/** In 3.0, `exclusiveMinimum: true` makes the bound beside it an exclusive one. */
function numbersIn(written: Unsure, keys: readonly string[], plain: string): ReadonlyMap<string, number> {
  const exclusive = keys.find(key => key.startsWith('exclusive')) ?? ''
  const found = new Map(
    keys.flatMap(key => (typeof written.get(key) === 'number' ? [[key, Number(written.get(key))] as const] : [])),
  )
  const bound = found.get(plain)
  if (written.get(exclusive) !== true || bound === undefined) return found
  found.delete(plain)
  return found.set(exclusive, bound)
}

/** What both say: `allOf`. */
function together(a: Schema, b: Schema): Schema {
  return {
    types: both(a.types, b.types),
    values: both(a.values, b.values),
    properties: new Map([...a.properties, ...b.properties]),
    required: new Set([...a.required, ...b.required]),
    others: a.others ?? b.others,
    items: a.items ?? b.items,
    alternatives: a.alternatives ?? b.alternatives,
    least: merged(a.least, b.least, Math.max),
    most: merged(a.most, b.most, Math.min),
    opaque: new Map([...a.opaque, ...b.opaque]),
  }
}

function both(a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined) {
  return a && b ? new Set([...a].filter(value => b.has(value))) : (a ?? b)
}

function merged(
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number>,
  choose: (x: number, y: number) => number,
) {
  return new Map([...a, ...[...b].map(([key, value]) => [key, choose(value, a.get(key) ?? value)] as const)])
}
