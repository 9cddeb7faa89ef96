import type {Result} from '../core/base/result.ts'
import type {DurationMs} from '../core/base/units.ts'
import type {RunConfig} from '../core/config/config.ts'
import type {ServiceName, State} from '../core/graph/system.ts'
import type {PoolId} from '../core/rollout/pool.ts'

export {type PoolId, poolIdOf} from '../core/rollout/pool.ts'

/** What the engine wants to run: `replicas` instances of one state of one service. */
export interface PoolSpec {
  readonly system: string
  readonly environment: string
  readonly service: ServiceName
  readonly pool: PoolId
  readonly state: State
  /** The rollout that asks for it; kept as a label. */
  readonly rollout: string
  readonly replicas: number
  readonly run: RunConfig
  /** Where the release's files are; undefined where an image says it all. */
  readonly folder?: string
}

/** One running copy of a release, as reality shows it. */
export interface Instance {
  /** Stable while it lives, unique within the environment. */
  readonly id: string
  readonly service: ServiceName
  readonly pool: PoolId
  readonly state: State
  readonly rollout: string
  /** `host:port` where it answers. */
  readonly address: string
  /** `starting` until its health check has passed once; `exited` where it died by itself. */
  readonly health: 'starting' | 'healthy' | 'unhealthy' | 'exited'
  /** Why, where it is not healthy: an exit code, the last health answer, the end of its log. */
  readonly detail?: string
}

/** Where instances run. Every verb may be called twice; the second call changes nothing. */
export interface Runtime {
  /** Instances are made of the release's image, so that none of its files are needed here. Absent where they are. */
  readonly byImage?: true
  /**
   * Makes ready what a start needs and what may take long, such as an image; asking again is cheap. Absent where
   * nothing is needed.
   * @param told how far it has come, in words
   */
  prepare?(spec: Pick<PoolSpec, 'service' | 'state' | 'run'>, told: (message: string) => void): Promise<Result<void>>
  /** Makes sure that the pool's instances exist; answers at once, {@link read} tells when they are healthy. */
  start(pool: PoolSpec): Promise<Result<void>>
  /** Every instance of the service that is really there, whoever started it and whenever. */
  read(service: ServiceName): Promise<Result<readonly Instance[]>>
  /** Asks the pool's instances to end, waits `drainMs` for them, then ends them. Done when they are gone. */
  stop(service: ServiceName, pool: PoolId, drainMs: DurationMs): Promise<Result<void>>
  /** Every instance of this system and environment, for finding orphans. */
  list(): Promise<Result<readonly Instance[]>>
}
