import {byText} from '../base/order.ts'
import type {Change} from './cell.ts'

/** What a lock file resolved: every version of every library, sorted. */
export type Resolved = ReadonlyMap<string, readonly string[]>

/** Collects versions into the one sorted form. */
export function resolvedOf(entries: Iterable<readonly [name: string, version: string]>): Resolved {
  const versions = new Map<string, Set<string>>()
  for (const [name, version] of entries) {
    const known = versions.get(name) ?? new Set()
    versions.set(name, known.add(version))
  }
  const sorted = [...versions].sort(([a], [b]) => byText(a, b))
  return new Map(sorted.map(([name, known]) => [name, [...known].sort(byText)]))
}

/** What differs, by name. Several versions of one library stand together, as `1.2.0, 2.0.1`. */
export function changesBetween(from: Resolved, to: Resolved): Change[] {
  const names = [...new Set([...from.keys(), ...to.keys()])].sort(byText)
  return names.flatMap(name => {
    const change = {name, from: written(from.get(name)), to: written(to.get(name))}
    return change.from === change.to ? [] : [change]
  })
}

function written(versions: readonly string[] | undefined): string | null {
  return versions ? versions.join(', ') : null
}
