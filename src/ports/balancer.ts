import type {Result} from '../core/base/result.ts'
import type {Instant, Percent} from '../core/base/units.ts'
import type {CallPattern, EvidenceKind, RouteConfig} from '../core/config/config.ts'
import type {ContractName, ServiceName} from '../core/graph/system.ts'
import type {Count} from '../core/usage/snapshot.ts'
import type {PoolId} from './runtime.ts'

/** What a balancer may or may not be able to do, known before anything is planned. */
export type Ability =
  /** Any share from 0 to 100, not only all or nothing. */
  | 'weight'
  /** Counts requests and errors per pool. */
  | 'counters'
  /** Counts latencies per pool, so that a quantile of them can be judged. */
  | 'latency'
  /** Counts calls per contract version. */
  | 'calls'
  /** Answers 410 Gone to a part of the calls to one contract version. */
  | 'brownout'
  /** A change of weight costs no connection. */
  | 'seamless'

export interface RoutedService {
  readonly name: ServiceName
  readonly route: RouteConfig
  /** The contracts that the service provides, with how calls to them look; for balancers that count calls. */
  readonly calls?: readonly WatchedCalls[]
  /**
   * The number of the lease that asks; see State. A balancer that can keep a number refuses a lower one than it has seen
   * for this service, reads included, so that an old holder that wakes up moves no traffic once the new one has looked.
   * Absent where nobody holds a lease.
   */
  readonly fence?: number
}

/** How calls to one contract look in the traffic of a service. */
export interface WatchedCalls {
  readonly contract: ContractName
  readonly pattern: CallPattern
  /** By what a caller is known, the first that is there; without it, callers are not told apart. */
  readonly clients?: readonly EvidenceKind[]
  /** Beginnings of paths that are explained, and are no calls. */
  readonly ignore?: readonly string[]
}

/** The instances of one state behind the balancer. */
export interface Pool {
  readonly id: PoolId
  /** `host:port`, sorted. */
  readonly addresses: readonly string[]
}

/** The full wish for one service: every pool that may carry traffic, with its share. Shares add up to 100. */
export type Shares = readonly {readonly pool: Pool; readonly share: Percent}[]

/**
 * Counted since `epoch` began; a new epoch means the counters started again from 0. A request that one pool left
 * unanswered and another then answered is counted in both, so that a pool cannot hide behind the other.
 */
export interface Counters {
  readonly epoch: string
  readonly requests: number
  /** Answers 5xx, and requests that got no answer. What a client gave up is no error. */
  readonly errors: number
  /**
   * Answers per upper bound of their latency in ms, ascending; the last bound is Infinity. Each answer is counted once,
   * at the lowest bound that holds it.
   */
  readonly latency: readonly {readonly leMs: number; readonly count: number}[]
}

/** A part of the calls to one major gets 410 Gone for an answer. */
export interface Gone {
  readonly contract: ContractName
  readonly major: number
  /** 0 ends it. */
  readonly share: Percent
}

/** What the balancer really does for one service. */
export interface Balanced {
  /** What is answered 410 now; absent where the balancer cannot. */
  readonly gone?: readonly Gone[]
  readonly pools: readonly {
    readonly id: PoolId
    readonly servers: readonly {
      readonly address: string
      readonly weight: number
      /** Requests (or sessions) that are being answered now. */
      readonly inFlight: number
    }[]
    /** The share that the weights amount to, 0 to 100. */
    readonly share: Percent
    readonly counters?: Counters
  }[]
}

/**
 * A weighted balancer in five verbs. Calling one twice is as good as once; a verb names what should be, never a change.
 * `attach` never moves existing traffic; `read` tells what `route` did; nothing here ever makes all weights 0.
 */
export interface Balancer {
  readonly can: ReadonlySet<Ability>
  /**
   * Makes the pool known with share 0. A first pool of a service without any gets 100, so that it is never without.
   * A pool that is known keeps its share; its addresses become these.
   */
  attach(service: RoutedService, pool: Pool): Promise<Result<void>>
  /** Sets every share at once. Pools left out get 0; pools not known so far are as good as attached before. */
  route(service: RoutedService, shares: Shares): Promise<Result<void>>
  read(service: RoutedService): Promise<Result<Balanced>>
  /**
   * Forgets a pool whose share is 0, after its requests in flight have ended or `deadline` has passed. The only pool of
   * a service may go whatever its share: that is how a service goes away. A pool that is not known is gone already.
   */
  detach(service: RoutedService, pool: Pool, deadline: Instant): Promise<Result<void>>
  /**
   * Answers 410 to this part of the calls to one major, whichever pool they would have gone to, and ends it by itself at
   * `until`, so that nothing of it stays where nobody comes back. There where the ability `brownout` is.
   */
  brownOut?(service: RoutedService, gone: Gone, until: Instant): Promise<Result<void>>
}

/** When one major of a contract was last called, as far as there is evidence. */
export interface CallEvidence {
  readonly contract: ContractName
  readonly major: number
  /** Since when every call was counted without a gap; undefined where nothing counts. */
  readonly coveredSince?: Instant
  readonly firstSeen?: Instant
  readonly lastSeen?: Instant
  readonly calls: number
  /** Calls to the contract that name no version, where they are told apart; any of them may be to this one. */
  readonly unversioned?: number
  /** The last of them, where that is known; without it, each of them may have come just now. */
  readonly unversionedSeen?: Instant
  /** Names of those who called within the time that must be quiet, most calls first. */
  readonly callers?: readonly string[]
  /** Who called at all, and when last, where whoever counts does not know how long is quiet. */
  readonly clients?: readonly {readonly name: string; readonly lastSeen: Instant}[]
  /** Why nothing is covered, or why it does not reach further back. */
  readonly uncovered?: string
}

/** Who still calls an old contract version: the facts behind the `contract-unused` gate. */
export interface Calls {
  evidence(contract: ContractName, major: number): Promise<Result<CallEvidence>>
  /** All that a balancer has counted itself, by version and client; absent where others count. */
  counted?(): Promise<Result<CountedCalls>>
}

/** Counters of calls that only grow, also over a restart of whoever counts. */
export interface CountedCalls {
  /** Since when every call was counted; undefined where nothing is. */
  readonly since?: Instant
  readonly counts: readonly Count[]
}
