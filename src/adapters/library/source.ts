import type {Advisory} from '../../core/library/advisory.ts'
import type {Catalogue} from './catalogue.ts'

/** A library in the versions that are in use somewhere. */
export interface InUse {
  readonly catalogue: Catalogue
  readonly name: string
  readonly versions: readonly string[]
}

/** What somebody who knows of weaknesses answers. No answer is never taken for "none". */
export type Answered =
  | {readonly is: 'known'; readonly advisories: readonly Advisory[]}
  | {readonly is: 'unknown'; readonly why: string}

/** Somebody who knows of weaknesses. */
export interface AdvisorySource {
  /** As people know it: `OSV`, `npm audit`, or the path of a file. */
  readonly name: string
  /** Whether it knows anything about such libraries. */
  readonly covers: (catalogue: Catalogue) => boolean
  readonly ask: (libraries: readonly InUse[]) => Promise<Answered>
}
