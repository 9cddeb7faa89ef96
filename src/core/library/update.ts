import {type Advisory, affects} from './advisory.ts'
import type {Dependency} from './dependency.ts'
import {compareVersions, isVersion, leavesMajor, leavesMinor} from './version.ts'

/** Why a newer version is wanted; the first that holds, and what decides when it is taken. */
export type UpdateClass = 'security' | 'minor' | 'patch' | 'major'

/** One step that one library could take. */
export interface Update {
  readonly library: string
  readonly class: UpdateClass
  /** The lowest version that is in use. */
  readonly from: string
  /** Null where no version is known that would do, such as a weakness that nobody has mended. */
  readonly to: string | null
  /** The step leaves the major version, or the minor one below 1.0.0. */
  readonly breaking: boolean
  readonly direct?: boolean
  readonly development: boolean
  /** What it would mend; empty but for `security`. */
  readonly advisories: readonly Advisory[]
}

/**
 * The steps that one dependency could take: away from a weakness, to the newest of its own major, and to the newest of
 * all. The lowest version in use decides, since it is the one that lags.
 *
 * @param available versions that can be had, ascending; empty where nobody was asked
 */
export function updatesOf(
  dependency: Dependency,
  available: readonly string[],
  advisories: readonly Advisory[],
): readonly Update[] {
  const from = lowest(dependency.versions)
  if (from === undefined) return []
  const weak = weaknessesOf(dependency, advisories)
  const security = weak.length === 0 ? [] : [mending(dependency, from, available, weak)]
  const newer = available.filter(version => isNewer(version, from))
  const near = newer.findLast(version => !leavesMajor(from, version))
  const far = newer.at(-1)
  return [
    ...security,
    ...(near === undefined || security.some(({to}) => to === near)
      ? []
      : [step(dependency, from, near, classOf(from, near))]),
    ...(far === undefined || !leavesMajor(from, far) ? [] : [step(dependency, from, far, 'major')]),
  ]
}

/** The weaknesses that any version in use has. */
export function weaknessesOf({name, versions}: Dependency, advisories: readonly Advisory[]): readonly Advisory[] {
  return advisories.filter(
    advisory => advisory.library === name && versions.some(version => affects(advisory, version)),
  )
}

/** The lowest version without the weaknesses, in the same major where there is one: the smallest change that helps. */
function mending(
  dependency: Dependency,
  lowestOfAll: string,
  available: readonly string[],
  advisories: readonly Advisory[],
): Update {
  const from =
    lowest(dependency.versions.filter(version => advisories.some(one => affects(one, version)))) ?? lowestOfAll
  const sound = available.filter(
    version => isNewer(version, from) && !advisories.some(advisory => affects(advisory, version)),
  )
  const to = sound.find(version => !leavesMajor(from, version)) ?? sound[0]
  return {...step(dependency, from, to ?? null, 'security'), advisories}
}

function step(dependency: Dependency, from: string, to: string | null, kind: UpdateClass): Update {
  const {name, direct, development} = dependency
  return {
    library: name,
    class: kind,
    from,
    to,
    breaking: to !== null && leavesMajor(from, to),
    ...(direct !== undefined && {direct}),
    development,
    advisories: [],
  }
}

function classOf(from: string, to: string): UpdateClass {
  return leavesMinor(from, to) ? 'minor' : 'patch'
}

function isNewer(a: string, b: string): boolean {
  return isVersion(a) && isVersion(b) && compareVersions(a, b) > 0
}

function lowest(versions: readonly string[]): string | undefined {
  return versions.toSorted(compareVersions)[0]
}
