import {type NoAnswer, noAnswer} from '../../core/matrix/no-answer.ts'
import type {Dependency} from '../../core/library/dependency.ts'
import type {Resolved} from '../../core/matrix/resolved.ts'
import type {Ecosystem, RepoFiles} from '../matrix/ecosystem.ts'
import {ecosystemOf} from '../matrix/ecosystems/index.ts'
import {LOOKED_AT} from '../matrix/revision.ts'
import type {Source} from '../matrix/source.ts'
import {unreadable} from '../matrix/trouble.ts'
import {readPom} from './pom.ts'
import {type Catalogue, catalogueOf, dependenciesOf} from './catalogue.ts'

/** The libraries of one commit, as its lock file has them. */
export interface LockedCommit {
  readonly source: Source
  readonly commit: string
  readonly files: RepoFiles
  readonly ecosystem: Ecosystem
  readonly catalogue: Catalogue
  readonly resolved: Resolved
  readonly dependencies: readonly Dependency[]
}

/** Reads the lock file of a commit, whatever the package manager; nothing is installed or run. */
export async function lockedAt(source: Source, commit: string): Promise<LockedCommit | NoAnswer> {
  const files = await source.files(commit, LOOKED_AT)
  const ecosystem = ecosystemOf(files)
  const catalogue = ecosystem && catalogueOf(ecosystem.name)
  if (!ecosystem || !catalogue)
    return noAnswer('unknown-ecosystem', 'no lock file of a known package manager at the root')
  const read = ecosystem.read ?? (ecosystem.name === 'maven' ? readPom : undefined)
  if (!read) return noAnswer('lock-missing', `${ecosystem.name} keeps no list of what it resolved`)
  try {
    const resolved = await read(files)
    return {
      source,
      commit,
      files,
      ecosystem,
      catalogue,
      resolved,
      dependencies: await dependenciesOf(catalogue, files, resolved),
    }
  } catch (error) {
    return unreadable(ecosystem, files, error)
  }
}
