import {ok, type Result} from '../../../core/base/result.ts'
import type {Instant} from '../../../core/base/units.ts'
import type {Clock} from '../../../ports/clock.ts'
import type {RememberedPool} from './memory.ts'
import type {Endpoint} from './socket.ts'
import {carries} from './pools.ts'
import {isOurs} from './servers.ts'
import {command, survey, type Survey} from './survey.ts'
import {askedFor} from './version.ts'

/** Idle connections to a server keep it from being deleted until HAProxy purges them, some 5 s later. */
const PURGE_MS = 8000
const POLL_MS = 100

/** Lets a pool's servers finish what they are answering, until `deadline`, and takes them out of the back end. */
export async function depart(
  endpoint: Endpoint,
  clock: Clock,
  backend: string,
  remembered: RememberedPool,
  deadline: Instant,
): Promise<Result<void>> {
  const seen = await survey(endpoint, backend)
  if (!seen.ok) return seen
  // Somebody who died before they noted it may have deleted some.
  const isThere = (name: string) => seen.value.servers.some(server => server.name === name)
  const pool = {...remembered, servers: remembered.servers.filter(({name}) => isThere(name))}
  if (pool.servers.length === 0) return ok(undefined)
  const drained = await command(endpoint, stateCommands(backend, pool, 'drain'))
  if (!drained.ok) return drained
  while (clock.now() < deadline && (await isBusy(endpoint, backend, pool))) await clock.sleep(POLL_MS)
  const rested = await command(endpoint, stateCommands(backend, pool, 'maint'))
  if (!rested.ok) return rested
  for (const {name, dynamic} of pool.servers)
    if (dynamic) await remove(endpoint, clock, askedFor(seen.value.able, `del server ${backend}/${name}`))
  return ok(undefined)
}

/** Deletes servers of our own making that left a pool earlier, and were still busy then. */
export async function sweep(
  endpoint: Endpoint,
  backend: string,
  seen: Survey,
  pools: readonly RememberedPool[],
): Promise<void> {
  const kept = new Set(pools.flatMap(pool => pool.servers.map(({name}) => name)))
  const left = seen.servers.filter(server => !carries(server) && isOurs(server.name) && !kept.has(server.name))
  for (const {name} of left) await command(endpoint, askedFor(seen.able, `del server ${backend}/${name}`))
}

function stateCommands(backend: string, pool: RememberedPool, state: 'drain' | 'maint'): readonly string[] {
  return pool.servers.map(({name}) => `set server ${backend}/${name} state ${state}`)
}

/** Who gives no answer may be busy. */
async function isBusy(endpoint: Endpoint, backend: string, pool: RememberedPool): Promise<boolean> {
  const seen = await survey(endpoint, backend)
  if (!seen.ok) return true
  return pool.servers.some(({name}) =>
    seen.value.servers.some(server => server.name === name && Number(server.stat['scur'] ?? 0) > 0),
  )
}

/**
 * Asked again rather than waited for: `wait ... srv-removable` (3.0 and later) is cut short where the line is
 * half-closed, as ours is, and older releases do not know it. A server in maintenance takes no traffic; one that cannot
 * be deleted yet is used again for the same address.
 */
async function remove(endpoint: Endpoint, clock: Clock, asked: readonly string[]): Promise<void> {
  const until = clock.monotonic() + PURGE_MS
  while (!(await command(endpoint, asked)).ok && clock.monotonic() < until) await clock.sleep(POLL_MS * 5)
}
