import {prepare} from '../matrix/prepare.ts'
import {openRevision} from '../matrix/revision.ts'
import type {Workbench} from '../matrix/workbench.ts'
import {changesBetween} from '../../core/matrix/resolved.ts'
import type {LockedCommit} from './locked.ts'
import type {NpmRegistry} from './npm-registry.ts'

/** Versions that can be had, and what could not be found out. */
export interface Newest {
  readonly available: ReadonlyMap<string, readonly string[]>
  readonly gaps: readonly string[]
}

/** What npm's registry says of these libraries. */
export async function newestOfNpm(registry: NpmRegistry, names: readonly string[]): Promise<Newest> {
  const {available, failures} = await registry.versions(names)
  const shown = failures.slice(0, 3).join(', ')
  const more = failures.length > 3 ? `, and ${failures.length - 3} more` : ''
  return {available, gaps: failures.length === 0 ? [] : [`the registry did not answer for ${shown}${more}`]}
}

/** What the package manager itself would take within the ranges: the very updates that the matrix tests. */
export async function newestWithinRanges(bench: Workbench, locked: LockedCommit, log: string): Promise<Newest> {
  const {source, commit, ecosystem, resolved} = locked
  const asked = {commands: {test: ['true']}, latest: 'in-range'} as const
  const revision = await openRevision(bench, source, commit, asked)
  const prepared = 'code' in revision ? revision : await prepare(bench, revision, 'latest', {all: true}, log)
  const beyond = `newer majors are not looked up for ${ecosystem.name}`
  if ('code' in prepared)
    return {available: new Map(), gaps: [`newer versions are not known: ${prepared.text}`, beyond]}
  const changes = changesBetween(resolved, prepared.resolved ?? resolved)
  const available = changes.flatMap(({name, to}) => (to === null ? [] : [[name, to.split(', ')] as const]))
  return {available: new Map(available), gaps: [beyond]}
}
