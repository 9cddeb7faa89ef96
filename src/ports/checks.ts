import type {Percent} from '../core/base/units.ts'
import type {AskingCheck, CheckTerms} from '../core/config/config.ts'
import type {ServiceName, State} from '../core/graph/system.ts'
import type {Probed} from '../core/rollout/seen.ts'

export type {Probed} from '../core/rollout/seen.ts'

/** A check that asks somebody. The others are judged from the balancer's counters. */
export type ProbeConfig = CheckTerms & AskingCheck

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
 * Asks a release, a server that watches it, or a program of the user's, whether all is well. Whatever goes wrong in
 * asking is an `error`, which says nothing on the release. Never rejects.
 */
export interface Checks {
  probe(check: ProbeConfig, context: ProbeContext): Promise<Probed>
}
