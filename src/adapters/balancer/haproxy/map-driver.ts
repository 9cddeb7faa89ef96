import {fail, ok, type Result} from '../../../core/base/result.ts'
import type {Balanced, Balancer, Pool, RoutedService, Shares} from '../../../ports/balancer.ts'
import {ABILITIES} from '../abilities.ts'
import {countersOf} from './counters.ts'
import {sweep} from './departure.ts'
import type {HaproxyOptions} from './given.ts'
import {forget, nothingLeft, persist} from './ending.ts'
import {admitted} from './guard.ts'
import type {Memory, Remembered, RememberedPool} from './memory.ts'
import {carries, join, joinedTo, leaversOf} from './pools.ts'
import {backendOf, type BothSides, partsFor, pooledBySide, sideFor, SIDES} from './sides.ts'
import type {SplitMap} from './split-map.ts'
import {command, survey} from './survey.ts'

/**
 * HAProxy by a map: each service has two back ends, `NAME-a` and `NAME-b`, and a number in a map says how many of
 * 10,000 requests, or users, go to `b`. Finer than weights, the same for one user for as long as the number stays, and
 * still so after a reload. Inside a back end any algorithm will do.
 */
export function haproxyByMap(options: HaproxyOptions & {readonly map: SplitMap}): Balancer {
  const {endpoint, dynamic, map} = options

  const surveyBoth = async (service: RoutedService): Promise<Result<BothSides>> => {
    const [a, b] = [await survey(endpoint, backendOf(service, 'a')), await survey(endpoint, backendOf(service, 'b'))]
    if (!a.ok) return a
    return b.ok ? ok({a: a.value, b: b.value}) : b
  }

  const look = async (service: RoutedService): Promise<Result<Looked>> => {
    const memory = options.memory(service.route.backend)
    const seen = await surveyBoth(service)
    if (!seen.ok) return seen
    const recalled = await admitted(endpoint, service, memory)
    if (!recalled.ok) return recalled
    const parts = await map.read(service.route.backend)
    if (!parts.ok) return parts
    const known = pooledBySide(recalled.value, seen.value, parts.value)
    const {epoch} = recalled.value
    if (epoch === '' || epoch === seen.value.a.epoch) return ok({seen: seen.value, known, memory})
    return restore(service, recalled.value, seen.value, memory)
  }

  /** After a reload: the servers it forgot, and the share, which the file of the map has kept unless somebody changed it. */
  const restore = async (
    service: RoutedService,
    recalled: Remembered,
    seen: BothSides,
    memory: Memory,
  ): Promise<Result<Looked>> => {
    for (const pool of recalled.pools) {
      const again = await bring(service, {...pool, addresses: pool.servers.map(({address}) => address)}, recalled, seen)
      if (!again.ok) return again
    }
    const [first] = recalled.pools
    const told = first?.side ? await map.write(service.route.backend, partsFor(first.side, first.share)) : ok(undefined)
    if (!told.ok) return told
    const known = {...recalled, epoch: seen.a.epoch}
    await memory.keep(known)
    const now = await surveyBoth(service)
    return now.ok ? ok({seen: now.value, known, memory}) : now
  }

  /** Gives a pool's side exactly its addresses, and answers with what is then to be remembered. */
  const bring = async (
    service: RoutedService,
    pool: Pool,
    known: Remembered,
    seen: BothSides,
  ): Promise<Result<Remembered>> => {
    const side = sideFor(service, pool, known, seen)
    if (!side.ok) return side
    const backend = backendOf(service, side.value)
    const {id, addresses} = pool
    const joined = join({
      backend,
      pool: id,
      addresses,
      seen: seen[side.value],
      known: onSide(known, side.value),
      dynamic,
      weighs: false,
    })
    if (!joined.ok) return joined
    const before = known.pools.find(other => other.id === id)
    const leavers = leaversOf(before, pool).map(name => `set server ${backend}/${name} state maint`)
    const done = await command(endpoint, [...joined.value.commands, ...leavers])
    if (!done.ok) return done
    const joining = joinedTo(known, pool, joined.value.servers)
    return ok({
      ...joining,
      epoch: seen.a.epoch,
      pools: joining.pools.map(other => (other.id === id ? {...other, side: side.value} : other)),
    })
  }

  const attach = async (service: RoutedService, pool: Pool): Promise<Result<void>> => {
    const looked = await look(service)
    if (!looked.ok) return looked
    const {seen, known, memory} = looked.value
    const brought = await bring(service, pool, known, seen)
    if (!brought.ok) return brought
    const mine = brought.value.pools.find(({id}) => id === pool.id)
    if (known.pools.length === 0 && mine?.side) {
      const told = await map.write(service.route.backend, partsFor(mine.side, 100))
      if (!told.ok) return told
    }
    await memory.keep(brought.value)
    for (const side of SIDES)
      await sweep(endpoint, backendOf(service, side), seen[side], onSide(brought.value, side).pools)
    return persist(options)
  }

  /** Who is to carry something comes first, then the share, and only then may servers of the others go. */
  const route = async (service: RoutedService, shares: Shares): Promise<Result<void>> => {
    if (!shares.some(({share}) => share > 0)) return fail(nothingLeft(service))
    const carrying = shares.filter(({share}) => share > 0)
    for (const {pool} of carrying) {
      const attached = await attach(service, pool)
      if (!attached.ok) return attached
    }
    const told = await share(service, carrying)
    if (!told.ok) return told
    for (const {pool} of shares.filter(wish => wish.share === 0)) {
      const attached = await attach(service, pool)
      if (!attached.ok) return attached
    }
    return persist(options)
  }

  const share = async (service: RoutedService, carrying: Shares): Promise<Result<void>> => {
    const looked = await look(service)
    if (!looked.ok) return looked
    const {known, memory} = looked.value
    const wishOf = ({id}: RememberedPool) => carrying.find(({pool}) => pool.id === id)?.share ?? 0
    await memory.keep({...known, pools: known.pools.map(pool => ({...pool, share: wishOf(pool)}))})
    const first = known.pools.find(pool => wishOf(pool) > 0)
    return first?.side ? map.write(service.route.backend, partsFor(first.side, wishOf(first))) : ok(undefined)
  }

  const read = async (service: RoutedService): Promise<Result<Balanced>> => {
    const looked = await look(service)
    if (!looked.ok) return looked
    const {seen, known} = looked.value
    return ok({pools: known.pools.map(pool => balanced(pool, seen))})
  }

  const detach = async (service: RoutedService, pool: Pool, deadline: number): Promise<Result<void>> => {
    const looked = await look(service)
    if (!looked.ok) return looked
    const {seen, known, memory} = looked.value
    const backend = ({side = 'a'}: RememberedPool) => backendOf(service, side)
    return forget(options, {service, known, memory, epoch: seen.a.epoch}, pool, deadline, backend)
  }

  return {can: ABILITIES.haproxy, attach, route, read, detach}
}

interface Looked {
  readonly seen: BothSides
  readonly known: Remembered
  readonly memory: Memory
}

/** Names of servers are of one back end only. */
function onSide(known: Remembered, side: 'a' | 'b'): Remembered {
  return {...known, pools: known.pools.filter(pool => pool.side === side)}
}

function balanced(pool: RememberedPool, seen: BothSides): Balanced['pools'][number] {
  const survey = seen[pool.side ?? 'a']
  const there = pool.servers.map(({name, address}) => ({
    address,
    server: survey.servers.find(server => server.name === name),
  }))
  const carrying = there.filter(({server}) => server && carries(server)).length
  return {
    id: pool.id,
    share: Number(pool.share.toFixed(4)),
    servers: there.map(({address, server}) => ({
      address,
      weight: server && carries(server) ? Number((pool.share / carrying).toFixed(4)) : 0,
      inFlight: Number(server?.stat['scur'] ?? 0),
    })),
    counters: countersOf(pool, survey),
  }
}
