/** A mapping of a file that nobody has checked. */
export type Unsure = ReadonlyMap<string, unknown>

/** The mapping that it is; an empty one for anything else. */
export function asMap(value: unknown): Unsure {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? new Map(Object.entries(value))
    : new Map()
}

/** The list that it is; an empty one for anything else. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A scalar as text; undefined for anything else. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined
}
