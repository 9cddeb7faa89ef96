import type {Failure} from '../base/failure.ts'
import type {DurationMs, Instant, Percent} from '../base/units.ts'
import type {ContractName, ServiceName} from '../graph/system.ts'
import type {StepId} from '../plan/plan.ts'
import type {PoolId} from './pool.ts'
import type {Request} from './request.ts'
import type {CountersSeen} from './seen.ts'
import type {Who} from './who.ts'

export type {Who} from './who.ts'

/** Something done to the world. Each says what should be, never a change, so doing it twice is as good as once. */
export type Act =
  /** The instances of a pool exist: so many of them, or all. */
  | {readonly do: 'start'; readonly pool: PoolId; readonly replicas?: number}
  /** The balancer knows the pool; no traffic moves. */
  | {readonly do: 'attach'; readonly pool: PoolId}
  /** `next` has this share, `current` the rest. */
  | {readonly do: 'route'; readonly share: Percent}
  /** The balancer has let the pool's requests end and knows it no longer. */
  | {readonly do: 'drain'; readonly pool: PoolId}
  /** The pool's instances are gone. */
  | {readonly do: 'stop'; readonly pool: PoolId}
  /** This part of the calls to one major is answered 410; none with 0. */
  | {readonly do: 'brownout'; readonly contract: ContractName; readonly major: number; readonly share: Percent}
  /** The service's own switch command has brought it to this mode. Not to be repeated once it is done. */
  | {readonly do: 'switch'; readonly mode: string}
  /** A hook of the user's has been run. Not to be repeated unless somebody says so. */
  | {readonly do: 'hook'; readonly hook: HookId}

/** Names one hook of a step: `expand`, or `purge-accounts of billing`. */
export type HookId = string

/** The counters of each pool when a share was reached. */
export type Baseline = {readonly [pool: PoolId]: CountersSeen}

/** What was counted on `next` while one share was held. */
export interface Measured {
  /** The share of the requests that `next` really got; absent where there were none, or nothing counts. */
  readonly share?: Percent
  /** Of `next`. */
  readonly requests: number
  readonly errors: number
  /** Of all pools. */
  readonly total: number
  /** Requests that were under way when the share was set, and went where the one before sent them. Absent for none. */
  readonly underWay?: number
  /** What each check came to, and on what grounds. */
  readonly checks: readonly CheckMeasured[]
}

/** One check at the end of a bake. */
export interface CheckMeasured {
  readonly name: string
  readonly verdict: 'passed' | 'failed' | 'undecided' | 'inconclusive'
  readonly text: string
  /** It was watched only, and decided nothing. */
  readonly observed?: true
}

/** What happened to one step. */
export type StepRecord =
  /** Its turn has come, and a gate does not hold. */
  | {
      readonly code: 'step-waiting'
      readonly step: StepId
      readonly for: readonly string[]
      /** Those gates, as {@link gateId} writes them. */
      readonly gates?: readonly string[]
    }
  /** A gate holds, or need not; `detail` says on what evidence, or by whom. */
  | {
      readonly code: 'gate-passed'
      readonly step: StepId
      readonly gate: string
      readonly how: 'held' | 'waived'
      readonly detail: string
      /** Who said so, where people did. */
      readonly by?: readonly string[]
    }
  /** Every gate holds, and `next` is about to be started. */
  | {readonly code: 'step-started'; readonly step: StepId}
  /** Is on disk before the act is. */
  | {readonly code: 'act-intended'; readonly step: StepId; readonly act: Act}
  /** The act's effect has been seen. `counters` are those of each pool at that time, to count from. */
  | {readonly code: 'act-done'; readonly step: StepId; readonly act: Act; readonly counters?: Baseline}
  /** A hook has ended, or somebody says that it has. */
  | {
      readonly code: 'hook-ended'
      readonly step: StepId
      readonly hook: HookId
      readonly ok: boolean
      /** The end of what it wrote. */
      readonly output: string
      readonly tookMs: DurationMs
    }
  /** The share was held long enough with every check holding. */
  | {readonly code: 'bake-passed'; readonly step: StepId; readonly share: Percent; readonly measured: Measured}
  /** A check has come to no verdict by its deadline: a person says how it goes on, or what was missing comes. */
  | {
      readonly code: 'bake-unsure'
      readonly step: StepId
      readonly share: Percent
      readonly why: Failure
      readonly measured: Measured
    }
  /** Decided for good: from here `next` gets no traffic any more. */
  | {
      readonly code: 'taking-back'
      readonly step: StepId
      readonly why: Failure
      /** What the share was held with, where that is why. */
      readonly share?: Percent
      readonly measured?: Measured
    }
  | {readonly code: 'step-succeeded'; readonly step: StepId}
  | {readonly code: 'step-rolled-back'; readonly step: StepId; readonly why: Failure}
  /** Nothing that may be done helps; everything is left as it is. */
  | {readonly code: 'step-halted'; readonly step: StepId; readonly why: Failure}

/** What happened to the rollout as a whole. */
export type RolloutRecord =
  | {
      readonly code: 'rollout-begun'
      readonly by: Who
      readonly reason?: string
      /** The rollout that this one takes back. */
      readonly undoes?: string
      /** What was taken back before is tried again, on somebody's word. */
      readonly again?: true
    }
  /** Somebody goes on with it, in a process of their own. */
  | {readonly code: 'rollout-resumed'; readonly by: Who; readonly reason?: string}
  /** Nobody goes on with it for now; every step is where it is safe to stay. */
  | {readonly code: 'rollout-rests'; readonly as: 'paused' | 'waiting' | 'halted'; readonly why: Failure}
  /** Whoever carries it out has heard what somebody asked; `refused` says why it is not done. */
  | {readonly code: 'request-heard'; readonly request: Request; readonly refused?: Failure}
  /** A pool that no record explains is about to be taken away. */
  | {readonly code: 'orphan-found'; readonly service: ServiceName; readonly pool: PoolId}
  /** It is gone. */
  | {readonly code: 'orphan-removed'; readonly service: ServiceName; readonly pool: PoolId}
  /** No new step; what is under way is taken back. */
  | {readonly code: 'rollout-aborting'; readonly by: Who}
  | {
      readonly code: 'rollout-ended'
      readonly as: 'succeeded' | 'failed' | 'aborted'
      readonly failure?: Failure
      /** What else is to go back, by a rollout of its own that begins next. */
      readonly undo?: 'wave' | 'plan'
    }

/** One line of the journal: a decision or a result, as plain JSON. */
export type Recorded = StepRecord | RolloutRecord

/** A record as it is kept. */
export interface Entry {
  /** Counts from 1 within the rollout, without a gap. */
  readonly seq: number
  readonly at: Instant
  /** The fence of the holder who wrote it. */
  readonly fence: number
  readonly record: Recorded
}
