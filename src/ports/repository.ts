import type {Result} from '../core/base/result.ts'

/** One tag that matches the service's `tag` pattern. */
export interface TaggedRelease {
  readonly version: string
  readonly tag: string
  readonly commit: string
  /** Text of `sluice.service.yaml` at that commit; undefined where there is none. */
  readonly manifest?: string
}

/** The git repository of one service. */
export interface Repository {
  /** All releases, ascending by semver, with few git processes however many tags there are. */
  releases(tagPattern: string): Promise<Result<readonly TaggedRelease[]>>
  /** A folder with the files of a tag, outside the user's checkout; made once, reused afterwards. */
  checkout(tag: string): Promise<Result<string>>
}
