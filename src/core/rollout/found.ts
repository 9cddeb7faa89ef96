import type {MaybeState, ServiceName, State} from '../graph/system.ts'
import {poolIdOf, type PoolId} from './pool.ts'

/** An instance by its labels. */
export interface Labelled {
  readonly service: ServiceName
  readonly pool: PoolId
  readonly state: State
  readonly health: 'starting' | 'healthy' | 'unhealthy' | 'exited'
}

/** What runs of a service of which there is no record: one state, or several that nobody can tell apart from here. */
export type FoundStates = ReadonlyMap<ServiceName, readonly State[]>

/** What runs by the labels of its instances; healthy ones count before all others. */
export function foundStates(instances: readonly Labelled[]): FoundStates {
  const alive = instances.filter(({health}) => health !== 'exited')
  const found = new Map<ServiceName, readonly State[]>()
  for (const service of new Set(alive.map(one => one.service))) {
    const own = alive.filter(one => one.service === service)
    const healthy = own.filter(({health}) => health === 'healthy')
    const pools = new Map((healthy.length > 0 ? healthy : own).map(({pool, state}) => [pool, state]))
    found.set(service, [...pools.values()])
  }
  return found
}

/** Services of which several states run, and that nobody has said the present one of. */
export function doubtful(found: FoundStates, said: ReadonlyMap<ServiceName, unknown>): readonly string[] {
  return [...found].flatMap(([service, states]) =>
    states.length > 1 && !said.has(service) ? [`${service} (${states.map(poolIdOf).join(' and ')})`] : [],
  )
}

/** The one state that runs, by service. */
export function onlyStates(found: FoundStates): ReadonlyMap<ServiceName, MaybeState> {
  return new Map(
    [...found].flatMap(([service, [only, ...more]]) => (only && more.length === 0 ? [[service, only] as const] : [])),
  )
}
