import type {Percent} from '../core/base/units.ts'
import type {CheckConfig} from '../core/config/config.ts'
import type {ServiceName, State} from '../core/graph/system.ts'

/** A check that asks somebody. The others (`errors`, `latency`) are judged from the balancer's counters. */
export type ProbeConfig = Extract<CheckConfig, {readonly kind: 'http' | 'command'}>

/** What is being checked: `next` of one service, at the share it has just now. */
export interface ProbeContext {
  readonly service: ServiceName
  /** The state of `next`. */
  readonly state: State
  readonly share: Percent
  /** `host:port` of every instance of `next`. */
  readonly addresses: readonly string[]
  /** Where a command runs: the folder of `sluice.yaml`. */
  readonly folder: string
  /** Ends the probe early; the verdict is then `error`, since nothing was found out. */
  readonly signal?: AbortSignal
}

/**
 * `failed`: the release was asked and is not well. `error`: it could not be asked (no such program, a bug in the
 * measuring), which says nothing on the release and is no reason to take it back.
 */
export interface Probed {
  readonly verdict: 'passed' | 'failed' | 'error'
  /** One line or a few: what was answered, by whom. */
  readonly detail: string
}

/** Asks a release, or a program of the user's, whether all is well. Never rejects. */
export interface Checks {
  probe(check: ProbeConfig, context: ProbeContext): Promise<Probed>
}
