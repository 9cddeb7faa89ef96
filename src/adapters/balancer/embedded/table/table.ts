import {failure} from '../../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../../core/base/result.ts'
import type {Instant, Percent} from '../../../../core/base/units.ts'
import type {Gone, WatchedCalls} from '../../../../ports/balancer.ts'
import {newestFence} from '../../fence.ts'
import type {Settings} from '../settings.ts'
import {parseAddress} from './address.ts'

/** Which pools of which services carry which share: all that the process has to remember. Plain data, kept as JSON. */
export interface Table {
  readonly services: readonly ServiceEntry[]
  /** The highest number of a lease that was seen, by service; it outlives the service. */
  readonly fences?: Readonly<Record<string, number>>
  /** What is answered 410, by service. */
  readonly gone?: Readonly<Record<string, readonly GoneEntry[]>>
}

export interface GoneEntry extends Gone {
  /** It ends by itself then. */
  readonly until: Instant
}

export interface ServiceEntry extends ServiceWish {
  readonly pools: readonly PoolEntry[]
}

/** What the caller says of a service each time it changes something. */
export interface ServiceWish {
  readonly name: string
  /** `host:port`. */
  readonly listen: string
  readonly settings: Settings
  readonly calls: readonly WatchedCalls[]
}

export interface PoolWish {
  readonly id: string
  readonly addresses: readonly string[]
}

export interface PoolEntry extends PoolWish {
  readonly share: Percent
}

export const EMPTY_TABLE: Table = {services: []}

/** Keeps the number of the lease that asks, or refuses one that is older than the newest seen. */
export function admitted(table: Table, service: string, fence: number | undefined): Result<Table> {
  const seen = table.fences?.[service] ?? 0
  const newest = newestFence({name: service, ...(fence !== undefined && {fence})}, seen)
  if (!newest.ok) return newest
  return ok(newest.value === seen ? table : {...table, fences: {...table.fences, [service]: newest.value}})
}

/** Makes a pool known, or gives a known one other addresses. */
export function attached(table: Table, wish: ServiceWish, pool: PoolWish): Result<Table> {
  const wrong = wrongPool(wish, pool)
  if (wrong) return refuse(wrong)
  const pools = poolsOf(table, wish.name)
  const known = pools.find(({id}) => id === pool.id)
  const share = known ? known.share : pools.length === 0 ? 100 : 0
  return withService(table, {...wish, pools: [...pools.filter(({id}) => id !== pool.id), {...pool, share}]})
}

/**
 * Sets every share of one service; pools left out stay known with share 0. So does a pool that is named with share 0 and
 * without addresses, as one is whose instances have died.
 */
export function routed(table: Table, wish: ServiceWish, asked: readonly PoolEntry[]): Result<Table> {
  const there = asked.filter(({share, addresses}) => share !== 0 || addresses.length > 0)
  const wrong = wrongShares(wish, asked) ?? there.map(pool => wrongPool(wish, pool)).find(text => text !== undefined)
  if (wrong) return refuse(wrong)
  const others = poolsOf(table, wish.name).filter(({id}) => !there.some(pool => pool.id === id))
  return withService(table, {...wish, pools: [...others.map(pool => ({...pool, share: 0})), ...there]})
}

/** Begins, changes or ends one brownout of a service; what has ended by itself is forgotten with it. */
export function brownedOut(table: Table, service: string, wish: GoneEntry, now: Instant): Result<Table> {
  const others = goneIn(table, service, now).filter(
    ({contract, major}) => contract !== wish.contract || major !== wish.major,
  )
  const entries = wish.share === 0 ? others : [...others, wish]
  return ok({...table, gone: {...table.gone, [service]: entries}})
}

export function goneIn({gone = {}}: Table, service: string, now: Instant): readonly GoneEntry[] {
  return (gone[service] ?? []).filter(({until}) => until > now)
}

/** Forgets a pool without traffic, and with the last pool the service. */
export function detached(table: Table, service: string, pool: string): Result<Table> {
  const entry = table.services.find(({name}) => name === service)
  const gone = entry?.pools.find(({id}) => id === pool)
  if (!entry || !gone) return ok(table)
  const pools = entry.pools.filter(other => other !== gone)
  if (pools.length > 0 && gone.share > 0) {
    return refuse(`pool ${pool} of ${service} still has ${gone.share}% of the traffic, and cannot be detached`)
  }
  const others = table.services.filter(other => other !== entry)
  return ok({...table, services: pools.length === 0 ? others : [...others, {...entry, pools}]})
}

function poolsOf(table: Table, service: string): readonly PoolEntry[] {
  return table.services.find(({name}) => name === service)?.pools ?? []
}

function withService(table: Table, entry: ServiceEntry): Result<Table> {
  const others = table.services.filter(({name}) => name !== entry.name)
  const rival = others.find(({listen}) => listen === entry.listen)
  if (rival) return refuse(`${entry.name} and ${rival.name} both want to listen on ${entry.listen}`)
  return ok({...table, services: [...others, entry]})
}

function wrongShares(wish: ServiceWish, asked: readonly PoolEntry[]): string | undefined {
  const sum = asked.reduce((total, {share}) => total + share, 0)
  if (new Set(asked.map(({id}) => id)).size < asked.length) return `a pool of ${wish.name} is named twice`
  const odd = asked.find(({share}) => !(share >= 0 && share <= 100))
  if (odd) return `pool ${odd.id} of ${wish.name} is asked to take ${odd.share}%`
  return Math.abs(sum - 100) < 0.001 ? undefined : `the shares of ${wish.name} add up to ${sum}, not to 100`
}

function wrongPool(wish: ServiceWish, pool: PoolWish): string | undefined {
  if (!parseAddress(wish.listen)) return `${wish.name} is to listen on ${wish.listen}, which is not host:port`
  if (pool.addresses.length === 0) return `pool ${pool.id} of ${wish.name} has no address`
  const odd = pool.addresses.find(address => !parseAddress(address))
  if (odd !== undefined) return `pool ${pool.id} of ${wish.name} has the address ${odd}, which is not host:port`
  return pool.addresses.includes(wish.listen)
    ? `pool ${pool.id} of ${wish.name} would call itself on ${wish.listen}`
    : undefined
}

function refuse(message: string): Result<never> {
  return fail(failure('balancer-failed', {message}))
}
