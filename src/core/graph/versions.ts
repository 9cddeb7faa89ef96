import Range from 'semver/classes/range.js'
import SemVer from 'semver/classes/semver.js'

/** How the versions of one contract are compared; see Contract. */
export type Strictness = 'tolerant' | 'strict'

/**
 * Answers whether what is provided meets what is consumed, for texts that were handed in before and got numbers.
 * A system of ten thousand services asks half a million times about a few hundred different texts, so a question
 * is two small numbers and its answer is remembered.
 */
export interface Versions {
  /** The number of a list of provided versions or ranges. */
  readonly provided: (texts: readonly string[]) => number
  /** The number of a consumed range. */
  readonly consumed: (text: string) => number
  readonly meet: (provided: number, consumed: number, strictness: Strictness) => boolean
}

/** A fresh memory of versions; nothing outlives the question it was made for. */
export function versions(): Versions {
  const lists = numbered<readonly string[]>(texts => texts.join('\n'))
  const ranges = numbered<string>(text => text)
  const answers = {tolerant: new Map<number, boolean>(), strict: new Map<number, boolean>()}
  const meet = (provided: number, consumed: number, strictness: Strictness): boolean => {
    const known = answers[strictness]
    const key = provided * PAIRS + consumed
    const answer = known.get(key)
    if (answer !== undefined) return answer
    const found = MEETS[strictness](lists.value(provided), ranges.value(consumed))
    known.set(key, found)
    return found
  }
  return {provided: lists.number, consumed: ranges.number, meet}
}

/** More different texts than any system has; two of its numbers still fit in one exact number. */
const PAIRS = 2 ** 26

const MEETS: Record<Strictness, (provided: readonly string[], consumed: string) => boolean> = {
  tolerant: (provided, consumed) => {
    const range = new Range(consumed)
    return provided.some(text => {
      const version = exact(text)
      return version ? range.test(version) : range.intersects(new Range(text))
    })
  },
  strict: (provided, consumed) => {
    const asked = new Set(exactVersions(consumed))
    return provided.some(text => exactVersions(text).some(version => asked.has(version)))
  },
}

/** The versions that a strict side names, several with `||`. */
function exactVersions(text: string): readonly string[] {
  return text.split('||').map(part => new SemVer(part.trim().replace(/^=\s*/, '')).version)
}

function exact(text: string): SemVer | undefined {
  return EXACT.test(text) ? new SemVer(text) : undefined
}

const EXACT = /^\s*v?\d+\.\d+\.\d+(?:[-+][\w.+-]+)?\s*$/

/**
 * Whether a release may be reached from another by its `upgradesFrom`. A pre-release that runs is a fact, not a
 * choice, so it counts by its place in the order.
 */
export function admits(range: string, version: string): boolean {
  return new Range(range, {includePrerelease: true}).test(new SemVer(version))
}

/** The major of an exact version. */
const MAJOR = /^\s*v?(\d+)\.\d+\.\d+(?:[-+][\w.+-]+)?\s*$/

/** The major versions that a list of versions and ranges covers, ascending. */
export function majorsOf(texts: readonly string[]): readonly number[] {
  const majors = new Set<number>()
  for (const text of texts) {
    const version = MAJOR.exec(text)
    if (version) majors.add(Number(version[1]))
    else for (const major of majorsOfRange(text)) majors.add(major)
  }
  return [...majors].sort((a, b) => a - b)
}

/**
 * A range without an upper end covers majors for ever; those up to one past the highest it names tell such ranges
 * apart, and nobody asks for more.
 */
function majorsOfRange(text: string): readonly number[] {
  const range = new Range(text)
  const named = [...text.matchAll(/(?<![\d.])\d+/g)].map(match => Number(match[0]))
  const highest = Math.max(0, ...named) + 1
  const candidates = highest > FEW_MAJORS ? named : Array.from({length: highest + 1}, (_, major) => major)
  return candidates.filter(major => range.intersects(new Range(`${major}.x`)))
}

/** Beyond this, majors are dates or build numbers, and only the named ones are looked at. */
const FEW_MAJORS = 100

/** Gives equal values the same small number; the very same value is known again without a look at its text. */
function numbered<T>(text: (value: T) => string): {number: (value: T) => number; value: (number: number) => T} {
  const seen = new Map<T, number>()
  const numbers = new Map<string, number>()
  const values: T[] = []
  const look = (value: T): number => {
    const key = text(value)
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, values.length)
    values.push(value)
    return values.length - 1
  }
  return {
    number: value => {
      const known = seen.get(value)
      if (known !== undefined) return known
      const number = look(value)
      seen.set(value, number)
      return number
    },
    value: number => values[number] as T,
  }
}
