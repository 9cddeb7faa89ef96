import type {Side} from './refusals.ts'
import {schemaOf} from './schema.ts'

/** How deep answers are looked into; deeper ones are recursive, or nobody reads them. */
const DEPTH = 12

/** The places of properties that one schema describes and another does not: neither refuses what the other says of them. */
export function lost(old: Side, fresh: Side, path = '', depth = 0): readonly string[] {
  if (depth > DEPTH) return []
  const [a, b] = [schemaOf(old.document, old.schema), schemaOf(fresh.document, fresh.schema)]
  const place = (name: string) => (path === '' ? name : `${path}.${name}`)
  const deeper = (x: unknown, y: unknown, at: string) => lost({...old, schema: x}, {...fresh, schema: y}, at, depth + 1)
  const own = [...a.properties].flatMap(([name, schema]) => {
    if (b.properties.has(name)) return deeper(schema, b.properties.get(name), place(name))
    return b.alternatives ? [] : [place(name)]
  })
  return a.items === undefined || b.items === undefined ? own : [...own, ...deeper(a.items, b.items, `${path}[]`)]
}
