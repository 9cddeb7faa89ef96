import type {SimpleGit} from 'simple-git'
import {versionPart} from '../../core/config/tag.ts'
import {ascending, VERSION} from '../../core/config/version.ts'

/** A tag whose name holds a version, and the commit it stands for. */
export interface VersionTag {
  readonly tag: string
  readonly version: string
  readonly commit: string
}

const FORMAT = ['refname:strip=2', 'objectname', 'objecttype', '*objectname', '*objecttype']
  .map(field => `%(${field})`)
  .join('%00')

/** The tags of a repository that match the pattern, ascending, and those that almost do. One git process. */
export async function versionTags(git: SimpleGit, pattern: string): Promise<{tags: VersionTag[]; skipped: string[]}> {
  const listed = await git.raw(['for-each-ref', `--format=${FORMAT}`, 'refs/tags'])
  const tags: VersionTag[] = []
  const skipped: string[] = []
  for (const line of listed.split('\n')) {
    const [tag = '', object = '', type, peeled = '', peeledType] = line.split('\0')
    const version = versionPart(pattern, tag)
    // An annotated tag is an object of its own; the commit is what it points at. A tag of a tag keeps the inner one.
    const points = peeled === '' ? {at: object, type} : {at: peeled, type: peeledType}
    if (version === undefined || points.type === 'blob' || points.type === 'tree') continue
    if (VERSION.test(version)) tags.push({tag, version, commit: points.at})
    else if (/^\d/.test(version)) skipped.push(tag)
  }
  return {tags: ascending(tags, tag => tag.version), skipped}
}
