import {type Unsure} from '../config/draft/unsure.ts'
import type {ApiDocument} from './document.ts'
import {type Schema, schemaOf} from './schema.ts'

/** Why a value that one schema takes may be refused by another. */
export interface Refusal {
  /** Where in the value, as `items[].name`; empty for the value itself. */
  readonly path: string
  readonly text: string
  /** It cannot be told whether it is refused. */
  readonly unclear?: true
}

/** A schema, and the document that its references lead through. */
export interface Side {
  readonly document: ApiDocument
  readonly schema: unknown
}

/**
 * Why `to` may refuse a value that `from` takes; none where it takes all of them. Properties that `from` does not
 * describe are taken for absent: callers send and read what is described.
 */
export function refusals(from: Side, to: Side): readonly Refusal[] {
  return compare(from, to, '', new Set())
}

/** Pairs that are being compared further up: a recursive schema ends where it comes back to itself. */
type Open = ReadonlySet<string>

function compare(from: Side, to: Side, path: string, open: Open): readonly Refusal[] {
  const pair = `${nameOf(from.schema)} ${nameOf(to.schema)}`
  if (open.has(pair)) return []
  const deeper = pair.includes('#') ? new Set([...open, pair]) : open
  const a = schemaOf(from.document, from.schema)
  const b = schemaOf(to.document, to.schema)
  return [
    ...typesRefused(a, b, path),
    ...valuesRefused(a, b, path),
    ...boundsRefused(a, b, path),
    ...opaqueRefused(a, b, path),
    ...propertiesRefused(a, b, {from, to, path, open: deeper}),
    ...itemsRefused(a, b, {from, to, path, open: deeper}),
    ...alternativesRefused(a, b, {from, to, path, open: deeper}),
  ]
}

function nameOf(schema: unknown): string {
  return typeof schema === 'object' && schema !== null && '$ref' in schema ? String(schema.$ref) : ''
}

interface Within {
  readonly from: Side
  readonly to: Side
  readonly path: string
  readonly open: Open
}

function deeper({from, to, open}: Within, a: unknown, b: unknown, path: string): readonly Refusal[] {
  return compare({...from, schema: a}, {...to, schema: b}, path, open)
}

function typesRefused(a: Schema, b: Schema, path: string): readonly Refusal[] {
  if (b.types === undefined) return []
  if (a.types === undefined)
    return a.alternatives || a.values ? [] : [{path, text: `only ${[...b.types].join(' or ')} instead of any type`}]
  const wide = b.types
  const missing = [...a.types].filter(type => !wide.has(type) && !(type === 'integer' && wide.has('number')))
  return missing.map(type => ({path, text: `${type} instead of ${[...wide].join(' or ')}`}))
}

function valuesRefused(a: Schema, b: Schema, path: string): readonly Refusal[] {
  if (b.values === undefined) return []
  const known = b.values
  if (a.values === undefined) return [{path, text: `any value instead of only ${[...known].join(', ')}`}]
  return [...a.values].filter(value => !known.has(value)).map(value => ({path, text: `the value ${value}`}))
}

function boundsRefused(a: Schema, b: Schema, path: string): readonly Refusal[] {
  const low = [...b.least].filter(([key, bound]) => (a.least.get(key) ?? -Infinity) < bound)
  const high = [...b.most].filter(([key, bound]) => (a.most.get(key) ?? Infinity) > bound)
  return [...low, ...high].map(([key, bound]) => ({path, text: `what is outside of ${key} ${bound}`}))
}

function opaqueRefused(a: Schema, b: Schema, path: string): readonly Refusal[] {
  return [...b.opaque]
    .filter(([key, value]) => a.opaque.get(key) !== value)
    .map(([key, value]) => ({path, text: `${key} ${value}`, unclear: true}))
}

function propertiesRefused(a: Schema, b: Schema, within: Within): readonly Refusal[] {
  const place = (name: string) => (within.path === '' ? name : `${within.path}.${name}`)
  const missing = [...b.required]
    .filter(name => !a.required.has(name))
    .map(name => ({path: place(name), text: a.properties.has(name) ? 'may be missing' : 'is missing'}))
  const unknown =
    b.others === false
      ? [...a.properties.keys()]
          .filter(name => !b.properties.has(name))
          .map(name => ({path: place(name), text: 'is not known'}))
      : []
  const open =
    b.others === false && a.others !== false && a.properties.size > 0
      ? [{path: within.path, text: 'other properties'}]
      : []
  const shared = [...b.properties].flatMap(([name, schema]) =>
    a.properties.has(name) ? deeper(within, a.properties.get(name), schema, place(name)) : [],
  )
  return [...missing, ...unknown, ...open, ...shared, ...othersRefused(a, b, within)]
}

/** The values of a dictionary. */
function othersRefused(a: Schema, b: Schema, within: Within): readonly Refusal[] {
  const isMap = (others: Schema['others']): others is Unsure =>
    others !== undefined && others !== false && others.size > 0
  if (!isMap(a.others) || !isMap(b.others)) return []
  return deeper(within, Object.fromEntries(a.others), Object.fromEntries(b.others), `${within.path}{}`)
}

function itemsRefused(a: Schema, b: Schema, within: Within): readonly Refusal[] {
  return b.items === undefined || a.items === undefined ? [] : deeper(within, a.items, b.items, `${within.path}[]`)
}

/** Each alternative that may come must fit into one that is taken. */
function alternativesRefused(a: Schema, b: Schema, within: Within): readonly Refusal[] {
  if (b.alternatives === undefined && a.alternatives === undefined) return []
  const coming = a.alternatives ?? [within.from.schema]
  const taken = b.alternatives ?? [within.to.schema]
  if (b.alternatives === undefined && b.types === undefined && b.properties.size === 0) return []
  return coming.flatMap((one, index) => {
    const tried = taken.map(other => alternative(within, one, other))
    return tried.some(found => found.length === 0)
      ? []
      : [{path: within.path, text: `alternative ${index + 1} of ${coming.length}`}]
  })
}

/** A schema that stands for itself is compared without its alternatives, or it would come back here for ever. */
function alternative(within: Within, a: unknown, b: unknown): readonly Refusal[] {
  return deeper(
    within,
    without(a, within.from.schema, within.from.document),
    without(b, within.to.schema, within.to.document),
    within.path,
  )
}

function without(schema: unknown, whole: unknown, document: ApiDocument): unknown {
  if (schema !== whole) return schema
  const {oneOf: _one, anyOf: _any, ...rest} = Object.fromEntries(document.follow(schema))
  return rest
}
