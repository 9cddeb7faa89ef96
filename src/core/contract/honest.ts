import {major, minor} from 'semver'
import {ascending} from '../config/version.ts'
import {type Bump, type Change, isMore, leastBump} from './change.ts'

/** Whether a release is honest about one major version of a contract, beside the release before it. */
export interface Honesty {
  readonly major: number
  /** The highest version of that major that each of them provides. */
  readonly before: string
  readonly after: string
  /** How far the version moved. */
  readonly said: Bump
  /** How far it had to move, for what changed in the description. */
  readonly least: Bump
  readonly honest: boolean
  readonly changes: readonly Change[]
}

/**
 * One major at a time: callers of a major that both releases provide must find all of it. What breaks them belongs into
 * another major; what is new, into a higher minor.
 */
export function honesty(of: number, before: string, after: string, changes: readonly Change[]): Honesty {
  const said = step(before, after)
  const least = leastBump(changes)
  const needed = least === 'unclear' ? 'patch' : least
  return {major: of, before, after, said, least, honest: !isMore(needed, said), changes}
}

/** How far a version moved from another. */
function step(before: string, after: string): Bump {
  if (before === after) return 'none'
  if (major(before) !== major(after)) return 'major'
  return minor(before) === minor(after) ? 'patch' : 'minor'
}

/** The highest version of each major, of those that a release provides. */
export function highest(versions: readonly string[]): ReadonlyMap<number, string> {
  return new Map(ascending(versions, version => version).map(version => [major(version), version]))
}
