import type {Counted} from './count.ts'
import type {Probe} from './seen.ts'

/**
 * How far a bake has come. `early`: it is not over. `over`: it is. `last`: it has been extended for want of requests or
 * answers until its deadline, and no more are waited for.
 */
export type Moment = 'early' | 'over' | 'last'

/** What one check comes to; `text` says on what grounds. */
export interface Verdict {
  /** `undecided`: ask again later. `inconclusive`: no ground for a verdict, and none to be expected. */
  readonly is: 'passed' | 'failed' | 'undecided' | 'inconclusive'
  readonly text: string
  /** No verdict because nobody measures such a thing here; what is decided, is decided by the other checks. */
  readonly unmeasured?: true
}

/** All that checks are judged by. */
export interface Evidence {
  /** On `next`, since the share was set; undefined where nothing counts. */
  readonly counted: Counted | undefined
  /** On `current`, in the same minutes; undefined where it has no traffic, or nothing counts. */
  readonly beside: Counted | undefined
  readonly minRequests: number
  readonly probes: readonly Probe[]
  readonly moment: Moment
}
