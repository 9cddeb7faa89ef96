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
  const offers = numbered(offerOf)
  const asks = numbered(askOf)
  const answers: Record<Strictness, Map<number, boolean>[]> = {tolerant: [], strict: []}
  const meet = (provided: number, consumed: number, strictness: Strictness): boolean => {
    const known = (answers[strictness][provided] ??= new Map())
    const answer = known.get(consumed) ?? MEETS[strictness](offers.value(provided), asks.value(consumed))
    known.set(consumed, answer)
    return answer
  }
  return {
    provided: texts => offers.number(texts.length === 1 ? (texts[0] as string) : texts.join('\n'), texts),
    consumed: text => asks.number(text, text),
    meet,
  }
}

/** What is provided, as each way to compare reads it; read when it is first asked for, for reading takes long. */
interface Offer {
  readonly tolerant: () => readonly (SemVer | Range)[]
  readonly strict: () => readonly string[]
}

/** What is consumed. */
interface Ask {
  readonly tolerant: () => Range
  readonly strict: () => readonly string[]
}

function offerOf(texts: readonly string[]): Offer {
  return {
    tolerant: once(() => texts.map(text => exact(text) ?? new Range(text))),
    strict: once(() => texts.flatMap(exactVersions)),
  }
}

function askOf(text: string): Ask {
  return {tolerant: once(() => new Range(text)), strict: once(() => exactVersions(text))}
}

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

const MEETS: Record<Strictness, (offer: Offer, ask: Ask) => boolean> = {
  tolerant: (offer, ask) => {
    const range = ask.tolerant()
    return offer.tolerant().some(one => (one instanceof SemVer ? range.test(one) : range.intersects(one)))
  },
  strict: (offer, ask) => offer.strict().some(version => ask.strict().includes(version)),
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

/** Whether a version is tried before the release of its numbers: `2.0.0-rc.1`. */
export function isPreRelease(version: string): boolean {
  return version.split('+', 1)[0]?.includes('-') ?? false
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

/** Gives equal texts the same small number, and makes something of each. */
function numbered<S, T>(
  make: (source: S) => T,
): {number: (text: string, source: S) => number; value: (number: number) => T} {
  const numbers = new Map<string, number>()
  const values: T[] = []
  return {
    number: (text, source) => {
      const known = numbers.get(text)
      if (known !== undefined) return known
      numbers.set(text, values.length)
      return values.push(make(source)) - 1
    },
    value: number => values[number] as T,
  }
}
