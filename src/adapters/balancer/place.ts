import type {Balancer, Calls} from '../../ports/balancer.ts'

/** What a balancer driver is opened with, apart from its own options. */
export interface BalancerPlace {
  readonly environment: string
  /** `sluice.yaml`, for saying where a wrong option stands. */
  readonly file: string
  /** A folder of this environment's own, for what the driver has to keep. */
  readonly folder: string
}

/** A balancer, and the calls it counts where it can. */
export interface OpenedBalancer {
  readonly balancer: Balancer
  readonly calls?: Calls
}
