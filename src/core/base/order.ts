/** The one order of names: by code unit, so it is the same on every machine and in every locale. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Compares by a text that is taken from each value. */
export function by<T>(text: (value: T) => string): (a: T, b: T) => number {
  return (a, b) => byText(text(a), text(b))
}
