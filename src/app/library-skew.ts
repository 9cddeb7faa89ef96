import {ok, type Result} from '../core/base/result.ts'
import {type Locked, type Skew, skewOf} from '../core/library/skew.ts'
import type {Branch} from '../core/matrix/cell.ts'
import {type LibraryAsked, type LibraryService, openLibraries} from './library.ts'

/** The skew, and the services of which nothing is known. */
export interface SkewShown extends Skew {
  readonly branch: Branch
  readonly unknown: readonly {readonly service: string; readonly why: string}[]
}

/** How many versions of each library the services have, and what would leave fewer. */
export async function librarySkew(asked: LibraryAsked, branch: Branch): Promise<Result<SkewShown>> {
  const opened = await openLibraries(asked)
  if (!opened.ok) return opened
  const read = await Promise.all(opened.value.services.map(service => lockedOf(service, branch)))
  const unknown = read.flatMap(one => ('why' in one ? [one] : []))
  return ok({branch, ...skewOf(read.flatMap(one => ('why' in one ? [] : [one]))), unknown})
}

/** Of the skew on master, the next release is no move: it is there already. */
async function lockedOf(
  {service: {name: service}, branch}: LibraryService,
  wanted: Branch,
): Promise<Locked | {readonly service: string; readonly why: string}> {
  const here = await branch(wanted)
  if ('code' in here) return {service, why: here.text}
  const next = wanted === 'prod' ? await branch('master') : undefined
  return {service, prod: here.resolved, ...(next && !('code' in next) && {master: next.resolved})}
}
