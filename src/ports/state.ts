import type {Result} from '../core/base/result.ts'
import type {DurationMs, Instant} from '../core/base/units.ts'
import type {MaybeState, ServiceName} from '../core/graph/system.ts'
import type {Plan} from '../core/plan/plan.ts'
import type {PoolId} from '../core/rollout/pool.ts'
import type {Entry, Recorded, Who} from '../core/rollout/record.ts'
import type {Request} from '../core/rollout/request.ts'

/** What somebody asks for before they act: these services of this environment, for a while. */
export interface Claim {
  readonly environment: string
  /** The rollout that it is for, begun or not. */
  readonly rollout: string
  readonly owner: Who
  readonly reason: string
  /** Services that the holder moves. */
  readonly moves: readonly ServiceName[]
  /** Those, and every service that shares a contract with one of them: nobody else may move them meanwhile. */
  readonly touches: readonly ServiceName[]
  /** How long the lease lasts without being renewed. */
  readonly ttlMs: DurationMs
  /** Takes the lease with this fence away from its holder, whoever it is; refused where it is no longer that one. */
  readonly takeover?: number
}

/** The right to act, until it expires or is taken over. */
export interface Lease {
  readonly environment: string
  /** The rollout that its holder carries out. */
  readonly rollout: string
  /**
   * Higher than every fence given out before, also by a record that was lost. Each write of the holder carries it; one
   * with a fence whose lease is gone is refused, so an old holder that wakes up can do nothing.
   */
  readonly fence: number
  readonly owner: Who
  readonly reason: string
  readonly moves: readonly ServiceName[]
  readonly touches: readonly ServiceName[]
  readonly since: Instant
  readonly expiresAt: Instant
}

/** A service that one of them moves and the other must see stand still; undefined where they do not concern each other. */
export function contested(
  a: Pick<Claim, 'moves' | 'touches'>,
  b: Pick<Claim, 'moves' | 'touches'>,
): ServiceName | undefined {
  return a.moves.find(service => b.touches.includes(service)) ?? b.moves.find(service => a.touches.includes(service))
}

/** The head of one rollout. */
export interface RolloutHead {
  /** Unique and, as text, in the order of beginning. */
  readonly id: string
  readonly environment: string
  readonly plan: Plan
  readonly startedAt: Instant
}

/** A rollout with all its records, oldest first. */
export interface Rollout extends RolloutHead {
  readonly entries: readonly Entry[]
}

/** A rollout by the last thing that was written of it, which costs the same however long it is. */
export interface RolloutTail extends Pick<RolloutHead, 'id' | 'startedAt'> {
  readonly last: Entry
}

/** What Sluice itself brought a service to. */
export interface Kept {
  readonly service: ServiceName
  readonly state: MaybeState
  /** The pool that carries the state: not always its name, since a switch command changes what runs in place. */
  readonly pool: PoolId | null
  readonly since: Instant
  /** Which brought it there; one that only starts it again does not. */
  readonly rollout: string
}

/** What is known of the services, changed in the same transaction as the record that says why. */
export type Settled = Omit<Kept, 'since' | 'rollout'>

/**
 * The record: leases, rollouts, and where each service stands. Nothing is done in the world before its intention is
 * durable here, so a write that fails means that nothing may be done. Every write names a lease, which is checked in
 * the same transaction; only a request needs none, since it changes nothing by itself.
 */
export interface State {
  /** `locked`, naming the holder, where another lease that has not expired touches what is claimed. */
  acquire(claim: Claim): Promise<Result<Lease>>
  /** The same lease for longer; `locked` where it was lost. */
  renew(lease: Lease, ttlMs: DurationMs): Promise<Result<Lease>>
  /** Gives it back. One that was lost is no failure. */
  release(lease: Lease): Promise<Result<void>>
  /** Every lease of the environment, expired or not, lowest fence first. */
  leases(environment: string): Promise<Result<readonly Lease[]>>

  /** Begins a rollout with its first records. */
  begin(lease: Lease, head: RolloutHead, records: readonly Recorded[]): Promise<Result<readonly Entry[]>>
  /** Adds records, all or none; `locked` where the lease was lost. */
  append(
    lease: Lease,
    rollout: string,
    records: readonly Recorded[],
    settled?: readonly Settled[],
  ): Promise<Result<readonly Entry[]>>
  /** `not-found` where there is none. `latest` is the newest. */
  load(environment: string, rollout: string): Promise<Result<Rollout>>
  /** The head of one, without its entries; `not-found` where there is none. */
  head(environment: string, rollout: string): Promise<Result<RolloutHead>>
  /** Newest first. */
  list(environment: string, limit: number): Promise<Result<readonly Rollout[]>>
  /** The same, each by its last entry alone: for whoever only wants to know which have come to their end. */
  tails(environment: string, limit: number): Promise<Result<readonly RolloutTail[]>>
  /** The entries of a rollout after this one, oldest first; none where there is no such rollout. */
  later(environment: string, rollout: string, seq: number): Promise<Result<readonly Entry[]>>
  /** The rollout that began last. */
  newest(environment: string): Promise<Result<string | undefined>>
  /**
   * Leaves a request for whoever carries the rollout out; the same id left again changes nothing. `not-found` where there
   * is no such rollout.
   */
  ask(environment: string, rollout: string, request: Request): Promise<Result<void>>
  /** Every request ever left for the rollout, oldest first. Which of them have been heard, its records tell. */
  asked(environment: string, rollout: string): Promise<Result<readonly Request[]>>
  /** Where each service stands that Sluice has moved. */
  kept(environment: string): Promise<Result<readonly Kept[]>>
  close(): Promise<void>
}

/** How much there is in a record. */
export interface Contents {
  readonly rows: {readonly [table: string]: number}
  /** The same wherever the same is kept. */
  readonly digest: string
}
