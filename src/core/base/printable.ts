/**
 * C0 and C1 control characters but the line feed, and the marks that turn the direction of writing: what a name from
 * a file, a tag or a server must not do to a terminal.
 */
// oxlint-disable-next-line no-control-regex -- control characters are the point
const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g

/** The text with what a terminal would obey, instead of show, written out as `\u001b`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** {@link printable} for every text in a value, keys included; what is not data stays as it is. */
export function printableDeep<T>(value: T): T {
  return deep(value) as T
}

function deep(value: unknown): unknown {
  if (typeof value === 'string') return printable(value).replaceAll('\n', '\\n')
  if (Array.isArray(value)) return value.map(deep)
  if (value instanceof Map) return new Map([...value].map(([key, entry]) => [deep(key), deep(entry)]))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [printable(key), deep(entry)]))
}
