import type {Result} from '../core/base/result.ts'
import type {RunConfig} from '../core/config/config.ts'
import type {ServiceName, State} from '../core/graph/system.ts'

/** What it takes to run one state of a service. */
export interface Prepared {
  /** The service's `run`, with what the release overrides merged over it. */
  readonly run: RunConfig
  /** Where the release's files are; absent where an image says it all. */
  readonly folder?: string
}

/** Where releases come from: repositories and the configuration. */
export interface Releases {
  /** Makes the release's files ready, once; asking again is cheap. */
  prepare(service: ServiceName, state: State): Promise<Result<Prepared>>
}
