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
  const lists = numbered<readonly string[]>()
  const ranges = numbered<string>()
  const answers: Record<Strictness, (boolean | undefined)[][]> = {tolerant: [], strict: []}
  const meet = (provided: number, consumed: number, strictness: Strictness): boolean => {
    const known = (answers[strictness][provided] ??= [])
    return (known[consumed] ??= MEETS[strictness](lists.value(provided), ranges.value(consumed)))
  }
  return {
    provided: texts => lists.number(texts.length === 1 ? (texts[0] as string) : texts.join('\n'), texts),
    consumed: text => ranges.number(text, text),
    meet,
  }
}

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

/** The same, for a few texts that are asked about again and again. */
export function rememberedMajors(): (texts: readonly string[]) => readonly number[] {
  const known = new Map<string, readonly number[]>()
  const majorsIn = (text: string): readonly number[] => {
    const answer = known.get(text) ?? majorsOf([text])
    known.set(text, answer)
    return answer
  }
  return texts => {
    if (texts.length === 1) return majorsIn(texts[0] as string)
    const majors: number[] = []
    for (const text of texts) {
      for (const major of majorsIn(text)) if (!majors.includes(major)) majors.push(major)
    }
    return majors.length > 1 ? majors.sort((a, b) => a - b) : majors
  }
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

/** Gives equal texts the same small number. */
function numbered<T>(): {number: (text: string, value: T) => number; value: (number: number) => T} {
  const numbers = new Map<string, number>()
  const values: T[] = []
  return {
    number: (text, value) => {
      const known = numbers.get(text)
      if (known !== undefined) return known
      numbers.set(text, values.length)
      return values.push(value) - 1
    },
    value: number => values[number] as T,
  }
}
