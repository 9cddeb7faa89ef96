/** What a release of HAProxy can do, in the one place that knows it. */
export interface Able {
  /** As it names itself, for people: `2.6.12-1+deb12u4`. */
  readonly version: string
  /** Servers can be made at run time: since 2.4 as an experiment that has to be asked for, since 2.6 without. */
  readonly addServer: 'no' | 'experiment' | 'yes'
}

/** A release, as `[2, 6]`. */
type Release = readonly [major: number, minor: number]

const FIRST_EXPERIMENT: Release = [2, 4]
const FIRST_SETTLED: Release = [2, 6]

/** By what `show info` says. A HAProxy that does not tell, or counts in another way, is taken for a new one. */
export function ableOf(info: string): Able {
  const version = /^Version: *(\S+)/m.exec(info)?.[1] ?? 'of an unknown version'
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? []
  const isBefore = (first: Release) => major !== undefined && isLower([Number(major), Number(minor)], first)
  return {version, addServer: isBefore(FIRST_EXPERIMENT) ? 'no' : isBefore(FIRST_SETTLED) ? 'experiment' : 'yes'}
}

function isLower([major, minor]: Release, [firstMajor, firstMinor]: Release): boolean {
  return major < firstMajor || (major === firstMajor && minor < firstMinor)
}

/** The commands that make or delete servers, as this release wants to be asked. */
export function askedFor({addServer}: Able, ...commands: readonly string[]): readonly string[] {
  return addServer === 'experiment' ? ['experimental-mode on', ...commands] : commands
}

/** A process and when it began; both change at a reload, and a pid alone may come round again. */
export function epochOf(info: string): string {
  const field = (name: string) => new RegExp(`^${name}: *(\\S+)`, 'm').exec(info)?.[1] ?? ''
  return `${field('Pid')}@${field('Start_time_sec')}`
}
