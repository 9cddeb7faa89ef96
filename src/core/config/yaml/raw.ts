/** What YAML says, before anybody asks whether it makes sense. */
export type Raw = string | boolean | null | Digits | readonly Raw[] | RawMap

/** A mapping. Not an object: a key like `__proto__` is a key, and `1` stays behind `2` where it is written so. */
export type RawMap = ReadonlyMap<string, Raw>

/** A number without quotes, as its digits: `1.10` is a version to one key and a number to another. */
export interface Digits {
  readonly digits: string
}

export function isMap(raw: Raw | undefined): raw is RawMap {
  return raw instanceof Map
}

export function isList(raw: Raw | undefined): raw is readonly Raw[] {
  return Array.isArray(raw)
}

export function isDigits(raw: Raw | undefined): raw is Digits {
  return typeof raw === 'object' && raw !== null && 'digits' in raw
}

/** The text of a scalar that may be read as text: quotes are not needed around `1.10` or `8080`. */
export function textOf(raw: Raw | undefined): string | undefined {
  if (typeof raw === 'string') return raw
  return isDigits(raw) ? raw.digits : undefined
}

const LONGEST_SHOWN = 60

/** A value as a message names it, on one line and not too long. */
export function shown(raw: Raw): string {
  if (raw === null) return 'nothing'
  if (isDigits(raw)) return raw.digits
  if (isList(raw)) return 'a list'
  if (isMap(raw)) return 'a mapping'
  const text = typeof raw === 'string' && raw.length > LONGEST_SHOWN ? `${raw.slice(0, LONGEST_SHOWN)}...` : raw
  return JSON.stringify(text)
}

/** A value as plain JavaScript, for drivers' own options. Digits become a number where it keeps them all. */
export function plain(raw: Raw): unknown {
  if (isDigits(raw)) return String(Number(raw.digits)) === raw.digits ? Number(raw.digits) : raw.digits
  if (isList(raw)) return raw.map(plain)
  if (isMap(raw)) return Object.fromEntries([...raw].map(([key, value]) => [key, plain(value)]))
  return raw
}
