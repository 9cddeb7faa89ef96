import compareSemver from 'semver/functions/compare.js'
import valid from 'semver/functions/valid.js'

/**
 * What a version says of its place among others: the numbers that it begins with, and what comes behind them.
 *
 * ```
 *   v 1! 2.31.0  .post1  +local
 *     |  |        |       no say
 *     |  |        after the release of these numbers; a pre-release comes before it
 *     |  numbers; those that are missing are 0
 *     epoch of Python
 * ```
 *
 * This orders releases of Python, Ruby, Maven, Go and Cargo as their own tools do. Two pre-releases of the same numbers
 * are told apart where semver does it; nobody is offered one.
 */
interface Place {
  readonly epoch: number
  readonly numbers: readonly number[]
  /** -1 before the release of these numbers, 0 the release itself, more after it. */
  readonly stage: number
}

/** Whether anything is known of its place. */
export function isVersion(version: string): boolean {
  return placeOf(version) !== undefined
}

/** Made to be tried, not to be used. What does not begin with numbers is not offered to anybody either. */
export function isPrerelease(version: string): boolean {
  const place = placeOf(version)
  return place === undefined || place.stage < 0
}

/** Oldest first. What has no numbers comes before everything else. */
export function compareVersions(a: string, b: string): number {
  if (valid(a) && valid(b)) return compareSemver(a, b)
  const [left, right] = [placeOf(a), placeOf(b)]
  if (!left || !right) return Number(left !== undefined) - Number(right !== undefined)
  return left.epoch - right.epoch || compareNumbers(left.numbers, right.numbers) || left.stage - right.stage
}

/** The major version differs, or below 1.0.0 the minor one, which is what may break there as `^` has it. */
export function leavesMajor(from: string, to: string): boolean {
  const [left, right] = [placeOf(from), placeOf(to)]
  if (!left || !right) return false
  if (left.epoch !== right.epoch || left.numbers[0] !== right.numbers[0]) return true
  return left.numbers[0] === 0 && numberAt(left, 1) !== numberAt(right, 1)
}

/** The second number differs. */
export function leavesMinor(from: string, to: string): boolean {
  const [left, right] = [placeOf(from), placeOf(to)]
  return left !== undefined && right !== undefined && numberAt(left, 1) !== numberAt(right, 1)
}

const numberAt = ({numbers}: Place, at: number) => numbers[at] ?? 0

function placeOf(version: string): Place | undefined {
  const match = /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(.*)$/i.exec(version.trim())
  if (!match?.[2]) return undefined
  return {epoch: Number(match[1] ?? 0), numbers: match[2].split('.').map(Number), stage: stageOf(match[3] ?? '')}
}

/** Words that Maven's libraries put behind a release, and that say no more than that. */
const RELEASED = /^(?:final|ga|release|jre\d*|android\d*)$/
/** A release after the release: Python's `.post1`, Maven's `.SP1`. */
const AFTER = /^(?:post|rev|r|sp)[._-]?(\d*)$/

function stageOf(rest: string): number {
  const [said = ''] = rest
    .toLowerCase()
    .replace(/^[._-]/, '')
    .split('+')
  if (said === '' || RELEASED.test(said)) return 0
  const after = AFTER.exec(said)
  return after ? 1 + Number(after[1] ?? 0) : -1
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
