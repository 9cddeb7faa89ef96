/** A system as far as files or a person could tell, on the way to a first `sluice.yaml`. */
export interface Draft {
  readonly system: string
  /** Where this comes from, as a person would say it. */
  readonly source: string
  readonly runtime: 'docker' | 'process'
  readonly services: readonly DraftService[]
  /** What was seen and left out, and why: said on top of the file. */
  readonly leftOut: readonly string[]
}

export interface DraftService {
  readonly name: string
  /** What runs now, or is taken to: a full version. */
  readonly version: string
  /** Folder or address of its repository. */
  readonly repo?: string
  /** Whether its repository has a tag of {@link version}. */
  readonly isTagged?: boolean
  /** Whether its releases say themselves what they speak, in a manifest: the file then says nothing of them. */
  readonly isDescribed?: boolean
  readonly run: DraftRun
  /** `host:port` that is open to callers. */
  readonly listen?: string
  /** The services that it calls. */
  readonly calls: readonly string[]
  /** What others call of it; a contract with the name of the service where it is called and nothing is known. */
  readonly provides: readonly DraftContract[]
  /** What a person should know of this service, a comment each. */
  readonly notes: readonly string[]
}

export interface DraftRun {
  /** With `{version}` where the tag stands. */
  readonly image?: string
  readonly command?: string
  readonly port?: number
  readonly replicas?: number
  readonly health?: string
  readonly env?: Readonly<Record<string, string>>
}

export interface DraftContract {
  readonly name: string
  readonly version: string
  /** Path of the API description in the repository. */
  readonly spec?: string
  /** Where its major version stands in the path of a call. */
  readonly path?: string
}

/** What runs where nobody says which release it is. */
export const FIRST_VERSION = '1.0.0'

/** A name that the file takes, made from one that it may not. */
export function draftName(text: string): string {
  const name = text
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .replace(/[^A-Za-z0-9_]+$/, '')
    .slice(0, 100)
  return name === '' ? 'system' : name
}

/** {@link draftName} of each, no two alike: what would be taken for another gets a number. */
export function draftNames(texts: Iterable<string>): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  const taken = new Set<string>()
  for (const text of new Set(texts)) {
    const name = draftName(text)
    let own = name
    for (let count = 2; taken.has(own); count++) own = `${name}-${count}`
    taken.add(own)
    names.set(text, own)
  }
  return names
}
