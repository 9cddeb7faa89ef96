import {ok, type Result} from '../../../core/base/result.ts'
import type {Pool} from '../../../ports/balancer.ts'
import {splitWeights} from '../weights.ts'
import {DRAINED, IN_MAINTENANCE, type ServerState} from './answers.ts'
import type {Remembered, RememberedPool, RememberedServer} from './memory.ts'
import {poolOfName, recruit, type Recruiting} from './servers.ts'
import type {Survey} from './survey.ts'

/** HAProxy's largest weight. */
const MAX_WEIGHT = 256

export function carries(server: ServerState): boolean {
  return (server.administrative & (DRAINED | IN_MAINTENANCE)) === 0
}

function sameNames(some: readonly RememberedServer[], others: readonly RememberedServer[]): boolean {
  const names = (servers: readonly RememberedServer[]) =>
    servers
      .map(server => server.name)
      .sort()
      .join(' ')
  return names(some) === names(others)
}

/** What is remembered once a pool has these servers: a known one keeps its share, the first of all gets everything. */
export function joinedTo(known: Remembered, {id}: Pool, servers: readonly RememberedServer[]): Remembered {
  const before = known.pools.find(pool => pool.id === id)
  const others = known.pools.filter(pool => pool.id !== id)
  const isFirst = !before && others.every(other => other.share === 0)
  const isSame = before !== undefined && sameNames(before.servers, servers)
  const sets = isSame ? known.sets : known.sets + 1
  const share = before?.share ?? (isFirst ? 100 : 0)
  return {...known, sets, pools: [...others, {...before, id, servers, share, set: isSame ? before.set : sets}]}
}

/** Names of a pool's servers whose addresses it has no longer. */
export function leaversOf(before: RememberedPool | undefined, {addresses}: Pool): readonly string[] {
  return (before?.servers ?? []).filter(({address}) => !addresses.includes(address)).map(({name}) => name)
}

/** Servers of ours that the memory has lost, and nothing else: a server of the configuration belongs to its owner. */
export function withFound(recalled: Remembered, seen: Survey): Remembered {
  const known = new Set(recalled.pools.flatMap(pool => pool.servers.map(server => server.name)))
  const pools = new Map(recalled.pools.map(pool => [pool.id, pool]))
  for (const server of seen.servers) {
    const id = poolOfName(server.name)
    if (id === undefined || known.has(server.name) || (server.administrative & IN_MAINTENANCE) !== 0) continue
    const pool = pools.get(id) ?? {id, servers: [], share: 0, set: 0}
    pools.set(id, {
      ...pool,
      servers: [...pool.servers, {name: server.name, address: server.address, weight: server.weight, dynamic: true}],
    })
  }
  return {
    ...recalled,
    pools: [...pools.values()].map(pool =>
      recalled.pools.includes(pool) ? pool : {...pool, share: shareOf(pool, [...pools.values()])},
    ),
  }
}

/**
 * The pools with the shares that their weights amount to in HAProxy now. What was remembered may be one write behind or
 * ahead of it, where we died between the two.
 */
export function asSeen(known: Remembered, seen: Survey): Remembered {
  const weightOf = (name: string) => seen.servers.find(server => server.name === name)?.weight ?? 0
  const pools = known.pools.map(pool => ({
    ...pool,
    servers: pool.servers.map(server => ({...server, weight: weightOf(server.name)})),
  }))
  if (pools.every(pool => pool.servers.every(({weight}) => weight === 0))) return known
  return {...known, pools: pools.map(pool => ({...pool, share: shareOf(pool, pools)}))}
}

function shareOf(pool: RememberedPool, pools: readonly RememberedPool[]): number {
  const sum = (servers: readonly RememberedServer[]) => servers.reduce((total, server) => total + server.weight, 0)
  const whole = sum(pools.flatMap(candidate => candidate.servers))
  return whole === 0 ? 0 : (sum(pool.servers) / whole) * 100
}

/** What a pool's servers are to be, and where. */
export interface Joining extends Recruiting {
  readonly addresses: readonly string[]
  readonly known: Remembered
}

/** Commands and servers that give a pool exactly these addresses. */
export function join(joining: Joining): Result<{
  readonly commands: readonly string[]
  readonly servers: readonly RememberedServer[]
}> {
  const {pool, addresses, known} = joining
  const taken = new Set(
    known.pools.filter(other => other.id !== pool).flatMap(other => other.servers.map(server => server.name)),
  )
  const commands: string[] = []
  const servers: RememberedServer[] = []
  for (const address of addresses) {
    const recruited = recruit(joining, address, taken)
    if (!recruited.ok) return recruited
    taken.add(recruited.value.server.name)
    commands.push(...recruited.value.commands)
    servers.push(recruited.value.server)
  }
  return ok({commands, servers})
}

/** The pools with the weights that come nearest to their shares. */
export function weigh(pools: readonly RememberedPool[]): readonly RememberedPool[] {
  const split = splitWeights(
    pools.map(pool => ({servers: pool.servers.length, share: pool.share})),
    MAX_WEIGHT,
  )
  return pools.map((pool, index) => ({
    ...pool,
    servers: pool.servers.map(server => ({...server, weight: split[index]?.weight ?? 0})),
  }))
}

/** Raised before lowered, in one line: at no instant do all weights add up to 0. */
export function weightCommands(backend: string, pools: readonly RememberedPool[]): readonly string[] {
  const servers = pools.flatMap(pool => pool.servers).sort((a, b) => b.weight - a.weight)
  return servers.map(server => `set server ${backend}/${server.name} weight ${server.weight}`)
}
