import type {Result} from '../core/base/result.ts'

/** One tag that matches the service's `tag` pattern. */
export interface TaggedRelease {
  readonly version: string
  readonly tag: string
  readonly commit: string
  /** Text of `sluice.service.yaml` at that commit; absent where there is none. */
  readonly manifest?: string
  /** Why there is a manifest that could not be read, as `it is 300000 bytes long`. */
  readonly unreadable?: string
}

/** What the tags of a repository say. */
export interface Tagged {
  /** Ascending by semver. */
  readonly releases: readonly TaggedRelease[]
  /** Tags that look like releases and are not, such as `v1.2`, for the user to be told. */
  readonly skipped: readonly string[]
}

/** The git repository of one service. */
export interface Repository {
  /** All releases, with few git processes however many tags there are. */
  releases(tagPattern: string): Promise<Result<Tagged>>
  /** The text of one file at a tag; undefined where it is not there. */
  file(tag: string, path: string): Promise<Result<string | undefined>>
  /** A folder with the files of a tag, outside the user's checkout; made once, reused afterwards. */
  checkout(tag: string): Promise<Result<string>>
}
