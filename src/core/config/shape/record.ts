import {isMap, type RawMap} from '../yaml/raw.ts'
import {type Reading, refuse, refuseValue, type Shape} from './shape.ts'

/** A rule on the names that somebody may give. */
export interface NameRule {
  readonly pattern: RegExp
  /** What such a name is: `a name for a service`. */
  readonly what: string
  /** What to write instead. */
  readonly hint: (wrong: string) => string
}

/** A mapping from names that the writer of the file gives. */
export function record<T>(names: NameRule, value: Shape<T>): Shape<ReadonlyMap<string, T>> {
  return {
    json: () => ({
      type: 'object',
      propertyNames: {pattern: names.pattern.source},
      additionalProperties: value.json(),
    }),
    read(raw, at) {
      if (!isMap(raw)) return refuseValue(raw, at, `a mapping whose keys are each ${names.what}`)
      // Most mappings of a large file go from name to range and read as what they are; they are not copied.
      let read: Map<string, T> | undefined
      for (const [key, inner] of raw) {
        at.path.push(key)
        checkName(key, names, at)
        const found = value.read(inner, at)
        if (!read && (found as unknown) !== inner) read = readBefore<T>(raw, key)
        if (found !== undefined) read?.set(key, found)
        at.path.pop()
      }
      return read ?? (raw as ReadonlyMap<string, unknown> as ReadonlyMap<string, T>)
    },
  }
}

/** The entries before the first that reads as something else. */
function readBefore<T>(raw: RawMap, key: string): Map<string, T> {
  const read = new Map<string, T>()
  for (const [before, inner] of raw) {
    if (before === key) break
    read.set(before, inner as unknown as T)
  }
  return read
}

function checkName(key: string, names: NameRule, at: Reading): void {
  if (names.pattern.test(key)) return
  if (key === '<<') refuse(at, 'merge keys (<<) are not read', 'write the keys out', 'key')
  else refuse(at, `${JSON.stringify(key)} is not ${names.what}`, names.hint(key), 'key')
}
