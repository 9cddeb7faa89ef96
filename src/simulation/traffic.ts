import type {ServiceName} from '../core/graph/system.ts'
import {by} from '../core/base/order.ts'
import type {PoolId} from '../core/rollout/pool.ts'
import type {Land} from './land.ts'

/** How the traffic of each service is shared; one without a route has none, and its pools are there or not. */
export type Traffic = ReadonlyMap<ServiceName, readonly {readonly pool: PoolId; readonly share: number}[]>

export function trafficOf(land: Land): Traffic {
  return new Map(
    [...land.scene.services.keys()].map(service => {
      const pools = [...land.balancer.pools(service)].map(([pool, {share}]) => ({pool, share}))
      return [service, pools.filter(({share}) => share > 0).sort(by(({pool}) => pool))]
    }),
  )
}
