import type {Percent} from '../base/units.ts'
import type {MaybeState, ServiceName} from '../graph/system.ts'
import {baselineOf, countedOn} from './count.ts'
import type {Orphan} from './orphans.ts'
import type {PoolId} from './pool.ts'
import type {InstanceSeen, PoolSeen} from './seen.ts'

/** The document of `status --json`. */
export interface Status {
  readonly services: readonly ServiceStatus[]
  /** What no record explains; absent where there is nothing. */
  readonly orphans?: readonly Orphan[]
}

export interface ServiceStatus {
  readonly service: ServiceName
  readonly state: MaybeState
  readonly pools: readonly PoolStatus[]
}

export interface PoolStatus {
  readonly name: 'current' | 'next'
  readonly release: PoolId
  readonly instances: readonly {readonly address: string; readonly healthy: boolean; readonly weight: number}[]
  /** Null where nobody asked for one, or no requests came to measure it by. */
  readonly share: {readonly asked: Percent | null; readonly measured: Percent | null}
}

/** What was seen of one service, twice where its requests are to be counted between. */
export interface ServiceSeen {
  readonly service: ServiceName
  readonly state: MaybeState
  /** The pool that carries the state. */
  readonly current: PoolId | null
  /** The step under way: its pool, and the share that was last asked for it. */
  readonly next?: {readonly pool: PoolId; readonly share: Percent}
  readonly instances: readonly InstanceSeen[]
  readonly before: readonly PoolSeen[]
  readonly pools: readonly PoolWeighed[]
}

/** A pool with the weight of each server, as the balancer counts weight. */
export interface PoolWeighed extends PoolSeen {
  readonly servers: readonly {readonly address: string; readonly weight: number}[]
}

/** What runs, with every pool that is there, expected or not. */
export function statusOf(seen: ServiceSeen): ServiceStatus {
  const {service, state, instances, pools} = seen
  const ids = [...new Set([...instances.map(({pool}) => pool), ...pools.map(({id}) => id)])]
  const rank = (id: PoolId) => (id === seen.current ? 0 : 1)
  return {service, state, pools: ids.toSorted((a, b) => rank(a) - rank(b)).map(id => poolStatus(seen, id))}
}

function poolStatus(seen: ServiceSeen, id: PoolId): PoolStatus {
  const servers = seen.pools.find(pool => pool.id === id)?.servers ?? []
  const weight = (address: string) => servers.find(server => server.address === address)?.weight ?? 0
  const running = seen.instances.filter(one => one.pool === id)
  const gone = servers.filter(({address}) => !running.some(one => one.address === address))
  return {
    name: id === seen.current ? 'current' : 'next',
    release: id,
    instances: [
      ...running.map(({address, health}) => ({address, healthy: health === 'healthy', weight: weight(address)})),
      ...gone.map(server => ({address: server.address, healthy: false, weight: server.weight})),
    ],
    share: {asked: asked(seen, id), measured: measuredShare(id, seen.before, seen.pools)},
  }
}

function asked({current, next, pools}: ServiceSeen, id: PoolId): Percent | null {
  if (pools.length === 0) return null
  const toNext = next?.share ?? 0
  if (id === next?.pool) return toNext
  return id === current ? 100 - toNext : 0
}

/** The part of the requests between two looks that went to a pool; null where there were none. */
export function measuredShare(id: PoolId, before: readonly PoolSeen[], pools: readonly PoolSeen[]): Percent | null {
  const baseline = baselineOf(before)
  const requests = (pool: PoolId) => countedOn(pool, pools, baseline)?.requests ?? 0
  const total = pools.reduce((sum, pool) => sum + requests(pool.id), 0)
  return total > 0 ? Math.round((requests(id) / total) * 1000) / 10 : null
}
