import {ok, type Result} from '../../../core/base/result.ts'
import {splitWeights} from '../weights.ts'
import {DRAINED, IN_MAINTENANCE, type ServerState} from './answers.ts'
import type {Remembered, RememberedPool, RememberedServer} from './memory.ts'
import {poolOfName, recruit} from './servers.ts'
import type {Survey} from './survey.ts'

/** HAProxy's largest weight. */
const MAX_WEIGHT = 256

export function carries(server: ServerState): boolean {
  return (server.administrative & (DRAINED | IN_MAINTENANCE)) === 0
}

export function sameNames(some: readonly RememberedServer[], others: readonly RememberedServer[]): boolean {
  const names = (servers: readonly RememberedServer[]) =>
    servers
      .map(server => server.name)
      .sort()
      .join(' ')
  return names(some) === names(others)
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

function shareOf(pool: RememberedPool, pools: readonly RememberedPool[]): number {
  const sum = (servers: readonly RememberedServer[]) => servers.reduce((total, server) => total + server.weight, 0)
  const whole = sum(pools.flatMap(candidate => candidate.servers))
  return whole === 0 ? 0 : (sum(pool.servers) / whole) * 100
}

/** Commands and servers that give a pool exactly these addresses. */
export function join(
  backend: string,
  pool: RememberedPool,
  addresses: readonly string[],
  seen: Survey,
  known: Remembered,
  dynamic: boolean,
): Result<{commands: readonly string[]; servers: readonly RememberedServer[]}> {
  const taken = new Set(
    known.pools.filter(other => other.id !== pool.id).flatMap(other => other.servers.map(server => server.name)),
  )
  const commands: string[] = []
  const servers: RememberedServer[] = []
  for (const address of addresses) {
    const recruited = recruit(backend, pool.id, address, seen, taken, dynamic)
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
