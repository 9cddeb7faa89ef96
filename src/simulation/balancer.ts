import type {Result} from '../core/base/result.ts'
import {fail, ok} from '../core/base/result.ts'
import {failure} from '../core/base/failure.ts'
import type {Ability, Balancer, Counters, Gone, Pool, RoutedService} from '../ports/balancer.ts'
import type {Instant} from '../core/base/units.ts'
import type {Clock} from '../ports/clock.ts'
import type {PoolId} from '../ports/runtime.ts'
import type {Behaviour} from './runtime.ts'

/** A balancer that only exists in a simulation, with steady traffic on every service. */
export interface SimulatedBalancer extends Balancer {
  /** A pool that has all the traffic, as if it had always had it. */
  carries(service: string, pool: Pool): void
  /** Sets weights by somebody's hand. */
  meddle(service: string, shares: Readonly<{[pool: PoolId]: number}>): void
  /** The requests go elsewhere than the weights say: this part of them, to this pool. */
  stray(service: string, pool: PoolId, share: number): void
  shares(service: string): Readonly<{[pool: PoolId]: number}>
  /** The pools of a service, with their addresses and shares. */
  pools(service: string): ReadonlyMap<PoolId, Carried>
  /** It starts anew: the weights stay, the counters begin at 0. */
  restart(): void
  /** What is answered 410. */
  gone(service: string): readonly Gone[]
  /** Requests that each pool of a service has had, gone pools included. */
  requests(service: string): Readonly<{[pool: PoolId]: number}>
}

/** A pool in the balancer. */
export interface Carried {
  readonly addresses: readonly string[]
  readonly share: number
}

/** What has been counted on one pool, in parts of requests. */
interface Tally {
  requests: number
  errors: number
  readonly buckets: number[]
}

const BOUNDS = [10, 50, 100, 250, 500, 1000, Infinity]

export function simulatedBalancer(
  clock: Pick<Clock, 'monotonic' | 'now'>,
  world: {
    readonly requestsPerSecond: (service: string) => number
    readonly behaviour: (service: string, pool: PoolId) => Behaviour
  },
  can: ReadonlySet<Ability> = new Set(['weight', 'counters', 'brownout', 'seamless']),
): SimulatedBalancer {
  const services = new Map<string, Map<PoolId, Carried>>()
  const tallies = new Map<string, Map<PoolId, Tally>>()
  const strays = new Map<string, {pool: PoolId; share: number}>()
  const fences = new Map<string, number>()
  const brownouts = new Map<string, readonly (Gone & {readonly until: Instant})[]>()
  let counted = clock.monotonic()
  let epoch = 1

  /** Counts what has come since the last time, before anything changes or is read. */
  function count(): void {
    const seconds = (clock.monotonic() - counted) / 1000
    counted = clock.monotonic()
    if (seconds <= 0) return
    for (const [service, pools] of services) {
      for (const [pool, {share}] of pools)
        tally(service, pool, world.requestsPerSecond(service) * seconds * trueShare(service, pool, share))
    }
  }

  function trueShare(service: string, pool: PoolId, share: number): number {
    const stray = strays.get(service)
    if (!stray) return share / 100
    return (stray.pool === pool ? stray.share : share * (1 - stray.share / 100)) / 100
  }

  function tally(service: string, pool: PoolId, requests: number): void {
    const {errorRate = 0, latencyMs = 20} = world.behaviour(service, pool)
    const one = tallyOf(service, pool)
    one.requests += requests
    one.errors += requests * errorRate
    const bucket = BOUNDS.findIndex(bound => latencyMs <= bound)
    one.buckets[bucket] = (one.buckets[bucket] ?? 0) + requests
  }

  function tallyOf(service: string, pool: PoolId): Tally {
    const of = tallies.get(service) ?? new Map<PoolId, Tally>()
    tallies.set(service, of)
    const one = of.get(pool) ?? {requests: 0, errors: 0, buckets: BOUNDS.map(() => 0)}
    of.set(pool, one)
    return one
  }

  function counters(service: string, pool: PoolId): Counters {
    const one = tallyOf(service, pool)
    const latency = BOUNDS.map((leMs, index) => ({leMs, count: Math.floor(one.buckets[index] ?? 0)}))
    return {epoch: `e${epoch}`, requests: Math.floor(one.requests), errors: Math.floor(one.errors), latency}
  }

  function poolsOf({name}: {readonly name: string}): Map<PoolId, Carried> {
    const pools = services.get(name) ?? new Map<PoolId, Carried>()
    services.set(name, pools)
    return pools
  }

  /** Refuses whoever comes with an older lease than has been seen. */
  async function fenced(service: RoutedService, change: (pools: Map<PoolId, Carried>) => void): Promise<Result<void>> {
    const newest = fences.get(service.name) ?? 0
    if ((service.fence ?? newest) < newest)
      return fail(failure('balancer-failed', {message: `fence ${service.fence} is old`}))
    fences.set(service.name, service.fence ?? newest)
    count()
    change(poolsOf(service))
    return ok(undefined)
  }

  function gone(service: string): readonly Gone[] {
    const left = (brownouts.get(service) ?? []).filter(({until}) => until > clock.now())
    return left.map(({contract, major, share}) => ({contract, major, share}))
  }

  return {
    can,
    gone,
    brownOut: (service, wish, until) =>
      fenced(service, () => {
        const others = (brownouts.get(service.name) ?? []).filter(
          ({contract, major}) => contract !== wish.contract || major !== wish.major,
        )
        brownouts.set(service.name, wish.share === 0 ? others : [...others, {...wish, until}])
      }),
    attach: (service, {id, addresses}) =>
      fenced(service, pools => {
        const share = pools.get(id)?.share ?? (pools.size === 0 ? 100 : 0)
        pools.set(id, {addresses, share})
      }),
    route: (service, shares) =>
      fenced(service, pools => {
        for (const [id, pool] of pools) pools.set(id, {...pool, share: 0})
        for (const {pool, share} of shares)
          pools.set(pool.id, {addresses: pools.get(pool.id)?.addresses ?? pool.addresses, share})
      }),
    read: async service => {
      count()
      fences.set(service.name, Math.max(service.fence ?? 0, fences.get(service.name) ?? 0))
      const pools = [...poolsOf(service)].map(([id, {addresses, share}]) => ({
        id,
        servers: addresses.map(address => ({address, weight: share, inFlight: 0})),
        share,
        ...(can.has('counters') && {counters: counters(service.name, id)}),
      }))
      return ok({pools, gone: gone(service.name)})
    },
    detach: async (service, {id}) => {
      const pools = poolsOf(service)
      const share = pools.get(id)?.share ?? 0
      if (share > 0 && pools.size > 1) return fail(failure('balancer-failed', {message: `${id} has ${share}%`}))
      return fenced(service, () => void pools.delete(id))
    },
    carries: (service, {id, addresses}) => void poolsOf({name: service}).set(id, {addresses, share: 100}),
    meddle: (service, shares) => {
      count()
      const pools = poolsOf({name: service})
      for (const [id, pool] of pools) pools.set(id, {...pool, share: shares[id] ?? 0})
    },
    stray: (service, pool, share) => {
      count()
      strays.set(service, {pool, share})
    },
    pools: service => poolsOf({name: service}),
    restart: () => {
      count()
      epoch++
      tallies.clear()
    },
    shares: service => Object.fromEntries([...poolsOf({name: service})].map(([id, {share}]) => [id, share])),
    requests: service => {
      count()
      return Object.fromEntries([...(tallies.get(service) ?? [])].map(([id, {requests}]) => [id, Math.floor(requests)]))
    },
  }
}
