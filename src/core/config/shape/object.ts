import {isMap, type Raw, type RawMap, shown} from '../yaml/raw.ts'
import {didYouMean} from './nearest.ts'
import {below, type Json, type Reading, refuse, refuseValue, type Shape} from './shape.ts'

/** A key that may be left out. */
export interface Maybe<T> extends Shape<T> {
  readonly maybe: true
}

export function maybe<T>(shape: Shape<T>): Maybe<T> {
  return {...shape, maybe: true}
}

type Fields = {readonly [key: string]: Shape<unknown>}
type MaybeKeys<F> = {[K in keyof F]: F[K] extends Maybe<unknown> ? K : never}[keyof F]

/** What an object of these fields reads as. */
export type Fielded<F> = {readonly [K in Exclude<keyof F, MaybeKeys<F>>]: F[K] extends Shape<infer T> ? T : never} & {
  readonly [K in MaybeKeys<F>]?: F[K] extends Shape<infer T> ? T : never
}

/**
 * A mapping with these keys and no others. A key whose value is refused is left out of what is read, so that the rest
 * of the file can still be looked at; the finding stands all the same. Where every key may be left out, so may the
 * braces: `worker:` with nothing behind it is a service like any other.
 */
export function object<F extends Fields>(fields: F, name: string): Shape<Fielded<F>> {
  const known = new Map(Object.entries(fields))
  const required = [...known].filter(([, field]) => !('maybe' in field)).map(([key]) => key)
  return {
    json: () => objectJson(known, required),
    read(raw, at) {
      if (raw === null && required.length === 0) return {} as Fielded<F>
      if (!isMap(raw)) refuseValue(raw, at, name)
      const value = isMap(raw) ? readFields(raw, known, at) : {}
      if (isMap(raw)) for (const key of required) if (!raw.has(key)) refuseMissing(key, at)
      return required.every(key => key in value) ? (value as Fielded<F>) : undefined
    },
  }
}

function readFields(raw: RawMap, known: ReadonlyMap<string, Shape<unknown>>, at: Reading): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  for (const [key, inner] of raw) {
    const field = known.get(key)
    if (!field) below(at, key, () => refuseKey(key, known.keys(), at))
    else readField(value, key, field, inner, at)
  }
  return value
}

function readField(value: Record<string, unknown>, key: string, field: Shape<unknown>, raw: Raw, at: Reading): void {
  at.path.push(key)
  const inner = field.read(raw, at)
  at.path.pop()
  if (inner !== undefined) value[key] = inner
}

function refuseMissing(key: string, at: Reading): void {
  refuse(at, `the key ${JSON.stringify(key)} is missing`, undefined, 'key')
}

const MERGE_KEY = '<<'

/** A key that nobody reads: said on the key, with the one that was probably meant. */
export function refuseKey(key: string, known: Iterable<string>, at: Reading): undefined {
  if (key === MERGE_KEY) return refuse(at, 'merge keys (<<) are not read', 'write the keys out', 'key')
  return refuse(at, `unknown key ${shown(key)}`, didYouMean(key, known, 'there may be'), 'key')
}

function objectJson(known: ReadonlyMap<string, Shape<unknown>>, required: readonly string[]): Json {
  return {
    type: required.length > 0 ? 'object' : ['object', 'null'],
    properties: Object.fromEntries([...known].map(([key, field]) => [key, field.json()])),
    ...(required.length > 0 ? {required} : {}),
    additionalProperties: false,
  }
}
