import SemVer from 'semver/classes/semver.js'

// At most 15 digits, so that every part is a number that is kept exactly.
const NUMBER = '(?:0|[1-9]\\d{0,14})'
const TAIL = '(?:-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?'
// No version is longer than that: semver itself stops at 256 characters.
const SHORT = '(?![^ |]{201})'
const FULL = `${SHORT}${NUMBER}\\.${NUMBER}\\.${NUMBER}${TAIL}`
// Behind a wildcard there are only wildcards: `1.x`, but not `x.1`.
const ANY = '[xX*]'
const PARTIAL = `${SHORT}[vV]?(?:${ANY}(?:\\.${ANY}){0,2}|${NUMBER}(?:\\.${ANY}(?:\\.${ANY})?|\\.${NUMBER}(?:\\.${ANY}|\\.${NUMBER}${TAIL})?)?)`
const SIMPLE = `(?:(?:[<>]=?|=|~>?|\\^) *)?${PARTIAL}`
const SET = `(?:${PARTIAL} +- +${PARTIAL}|${SIMPLE}(?: +${SIMPLE})*)`

/** A full semver version. The pattern is also what editors check. */
export const VERSION = new RegExp(`^${FULL}$`)

/** A semver range that says something: an empty one, which would mean any, has to be written `*`. */
export const RANGE = new RegExp(`^ *${SET}(?: *\\|\\| *${SET})* *$`)

/** What a strict contract takes: exact versions, one or several with `||`. */
export const EXACT = new RegExp(`^ *=?${FULL}(?: *\\|\\| *=?${FULL})* *$`)

/** Answers a pattern quickly for the same text again, as files repeat a few ranges thousands of times. */
export function remembered(pattern: RegExp): (text: string) => boolean {
  const known = new Map<string, boolean>()
  return text => {
    let answer = known.get(text)
    if (answer === undefined) {
      if (known.size > MOST_REMEMBERED) known.clear()
      answer = pattern.test(text)
      known.set(text, answer)
    }
    return answer
  }
}

const MOST_REMEMBERED = 100_000

/** What to write instead of something that is almost a version. */
export function versionHint(wrong: string): string {
  const numbers = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(.*)$/.exec(wrong)
  const full = numbers && [1, 2, 3].map(index => String(Number(numbers[index] ?? 0))).join('.') + (numbers[4] ?? '')
  return `write a full version like "${full && VERSION.test(full) ? full : '1.10.0'}"`
}

/** The same values, ascending by semver precedence; what semver calls equal is ordered by text. */
export function ascending<T>(values: readonly T[], versionOf: (value: T) => string): T[] {
  if (values.length < 2) return [...values]
  return values
    .map(value => ({value, parsed: new SemVer(versionOf(value))}))
    .sort((a, b) => a.parsed.compare(b.parsed) || a.parsed.compareBuild(b.parsed))
    .map(({value}) => value)
}
