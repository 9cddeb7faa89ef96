import type {Result} from '../core/base/result.ts'
import type {DurationMs} from '../core/base/units.ts'
import type {MaybeState, ServiceName, State} from '../core/graph/system.ts'

/** One run of a service's `switch` command. */
export interface SwitchRequest {
  readonly service: ServiceName
  /** Program and arguments, from the service's `switch`. */
  readonly command: readonly string[]
  readonly from: MaybeState
  readonly to: State
  /** `host:port` of every instance that is to switch. */
  readonly addresses: readonly string[]
  /** The release's files, or the folder of `sluice.yaml`. */
  readonly folder: string
  readonly timeoutMs: DurationMs
  readonly signal?: AbortSignal
}

/**
 * Moves what runs to another mode without a restart. A switch that was cut short is asked for again, so the user's
 * command must stand being run twice.
 */
export interface Switcher {
  switch(request: SwitchRequest): Promise<Result<void>>
}
