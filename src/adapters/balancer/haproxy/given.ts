import type {Result} from '../../../core/base/result.ts'
import type {Clock} from '../../../ports/clock.ts'
import type {Memory} from './memory.ts'
import type {Endpoint} from './socket.ts'

/** What a driver of HAProxy is opened with, whichever way it shares out. */
export interface HaproxyOptions {
  readonly endpoint: Endpoint
  /** Whether servers may be made with `add server` where no slot is free. */
  readonly dynamic: boolean
  /** What is remembered of a back end. */
  readonly memory: (backend: string) => Memory
  readonly clock: Clock
  /** Keeps what `show servers state` says, where the configuration has a `server-state-file`. */
  readonly saveState?: (text: string) => Promise<Result<void>>
}
