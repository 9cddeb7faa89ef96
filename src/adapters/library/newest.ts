import {prepare} from '../matrix/prepare.ts'
import {openRevision} from '../matrix/revision.ts'
import type {Workbench} from '../matrix/workbench.ts'
import {changesBetween} from '../../core/matrix/resolved.ts'
import type {LockedCommit} from './locked.ts'
import type {NpmRegistry} from './npm-registry.ts'
import {compareVersions, isPrerelease} from '../../core/library/version.ts'
import {asker, reasonOf} from './indexes/ask.ts'
import type {Place} from './indexes/place.ts'

/** Versions that can be had, and what could not be found out. */
export interface Newest {
  readonly available: ReadonlyMap<string, readonly string[]>
  readonly gaps: readonly string[]
}

/** What npm's registry says of these libraries. */
export async function newestOfNpm(registry: NpmRegistry, names: readonly string[]): Promise<Newest> {
  const {available, failures} = await registry.versions(names)
  return {available, gaps: failures.length === 0 ? [] : [`the registry did not answer for ${fewOf(failures)}`]}
}

/** How many libraries are asked for at a time. */
const AT_ONCE = 8

/** What the world of these libraries says of them. Where nobody answers the first few, the rest is not asked for. */
export async function newestOfPlace(place: Place, names: readonly string[], signal: AbortSignal): Promise<Newest> {
  const {default: pLimit} = await import('p-limit')
  const limit = pLimit(AT_ONCE)
  const ask = asker(signal)
  const available = new Map<string, readonly string[]>()
  const failures: string[] = []
  const missing: string[] = []
  await Promise.all(
    names.map(name =>
      limit(async () => {
        try {
          if (signal.aborted || (available.size === 0 && failures.length >= AT_ONCE)) throw new Error('not asked')
          const versions = await place.versions(name, ask)
          if (versions) available.set(name, offered(versions))
          else missing.push(name)
        } catch (error) {
          failures.push(`${name}: ${reasonOf(error)}`)
        }
      }),
    ),
  )
  return {
    available,
    gaps: [
      ...(failures.length === 0 ? [] : [`${place.name} did not answer for ${fewOf(failures)}`]),
      ...(missing.length === 0 ? [] : [`${place.name} does not know ${fewOf(missing)}`]),
    ],
  }
}

/** Each once, oldest first, without those that are made to be tried. */
function offered(versions: readonly string[]): readonly string[] {
  return [...new Set(versions)].filter(version => !isPrerelease(version)).toSorted(compareVersions)
}

function fewOf(items: readonly string[]): string {
  const more = items.length > 3 ? `, and ${items.length - 3} more` : ''
  return `${items.toSorted().slice(0, 3).join(', ')}${more}`
}

/** What the package manager itself would take within the ranges, with all of its own settings. */
export async function newestWithinRanges(bench: Workbench, locked: LockedCommit, log: string): Promise<Newest> {
  const {source, commit, ecosystem, resolved} = locked
  const asked = {commands: {test: ['true']}, latest: 'in-range'} as const
  const revision = await openRevision(bench, source, commit, asked)
  const prepared = 'code' in revision ? revision : await prepare(bench, revision, 'latest', {all: true}, log)
  const beyond = `only what ${ecosystem.name} would take within the ranges is known`
  if ('code' in prepared) return {available: new Map(), gaps: [`newer versions are not known: ${prepared.text}`]}
  const changes = changesBetween(resolved, prepared.resolved ?? resolved)
  const available = changes.flatMap(({name, to}) => (to === null ? [] : [[name, to.split(', ')] as const]))
  return {available: new Map(available), gaps: [beyond]}
}
