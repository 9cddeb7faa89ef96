import {byText} from '../base/order.ts'
import type {Percent} from '../base/units.ts'
import type {ServiceName} from '../graph/system.ts'
import type {PoolId} from './pool.ts'
import {poolIdOf} from './pool.ts'
import type {Remembered} from './taken-back.ts'
import {hasEnded, stateOf} from './rollout-state.ts'

/** A pool that no record explains: nobody would ever take it away. */
export interface Orphan {
  readonly service: ServiceName
  readonly pool: PoolId
  /** `host:port` of what runs of it. */
  readonly addresses: readonly string[]
  /** What the balancer gives it; null where it does not know it. */
  readonly share: Percent | null
}

/** All that is there of the pools of an environment. */
export interface There {
  readonly instances: readonly {readonly service: ServiceName; readonly pool: PoolId; readonly address: string}[]
  readonly pools: ReadonlyMap<ServiceName, readonly {readonly id: PoolId; readonly share: Percent}[]>
}

/** Pools that are where a service stands, or that an open rollout may yet touch, by service. */
export type Explained = ReadonlyMap<ServiceName, ReadonlySet<PoolId>>

export function explained(
  standing: ReadonlyMap<ServiceName, PoolId | null>,
  rollouts: readonly Pick<Remembered, 'plan' | 'entries'>[],
): Explained {
  const pools = new Map<ServiceName, Set<PoolId>>()
  const add = (service: ServiceName, pool: PoolId | null) => {
    const known = pools.get(service) ?? new Set<PoolId>()
    pools.set(service, known)
    if (pool !== null) known.add(pool)
  }
  for (const [service, pool] of standing) add(service, pool)
  for (const {plan, entries} of rollouts) {
    const state = stateOf(plan, entries)
    if (hasEnded(state) && state.undo === undefined) continue
    for (const {service, from, to} of plan.steps)
      for (const one of [from, to]) add(service, one === null ? null : poolIdOf(one))
  }
  return pools
}

/** What is there and unexplained, by service and pool. */
export function orphansOf({instances, pools}: There, known: Explained): readonly Orphan[] {
  const found = new Map<string, Orphan>()
  const isKnown = (service: ServiceName, pool: PoolId) => known.get(service)?.has(pool) ?? false
  const shareOf = (service: ServiceName, pool: PoolId) => pools.get(service)?.find(({id}) => id === pool)?.share ?? null
  const add = (service: ServiceName, pool: PoolId, addresses: readonly string[]) => {
    const before = found.get(`${service}@${pool}`)?.addresses ?? []
    found.set(`${service}@${pool}`, {
      service,
      pool,
      addresses: [...before, ...addresses],
      share: shareOf(service, pool),
    })
  }
  for (const {service, pool, address} of instances) if (!isKnown(service, pool)) add(service, pool, [address])
  for (const [service, list] of pools) for (const {id} of list) if (!isKnown(service, id)) add(service, id, [])
  return [...found.values()].toSorted((a, b) => byText(a.service, b.service) || byText(a.pool, b.pool))
}
