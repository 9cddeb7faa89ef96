import {failure, type Failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import type {Ability, Balanced, Balancer, Pool, RoutedService, Shares} from '../../../ports/balancer.ts'
import type {Clock} from '../../../ports/clock.ts'
import {sharesOf} from '../weights.ts'
import type {ServerState} from './answers.ts'
import type {Memory, Remembered, RememberedPool} from './memory.ts'
import {countersOf} from './counters.ts'
import {carries, join, sameNames, weigh, weightCommands, withFound} from './pools.ts'
import type {Endpoint} from './socket.ts'
import {command, survey, type Survey} from './survey.ts'

/** Idle connections to a server keep it from being deleted until HAProxy purges them, some 5 s later. */
const PURGE_MS = 8000

const POLL_MS = 100

export interface HaproxyOptions {
  readonly endpoint: Endpoint
  /** Whether servers may be made with `add server` where no slot is free. */
  readonly dynamic: boolean
  /** What is remembered of a back end. */
  readonly memory: (backend: string) => Memory
  readonly clock: Clock
  /** Keeps what `show servers state` says, where the configuration has a `server-state-file`. */
  readonly saveState?: (text: string, backend: string) => Promise<Result<void>>
}

const CAN: ReadonlySet<Ability> = new Set(['weight', 'counters', 'seamless'])

/**
 * HAProxy by its Runtime API: weights of running servers, which cost no connection. Every verb first looks at the back
 * end, refuses what can never hold a share, and puts right what a reload made it forget.
 */
export function haproxy(options: HaproxyOptions): Balancer {
  const {endpoint, clock} = options
  const act = (commands: readonly string[]) =>
    commands.length === 0 ? Promise.resolve(ok('')) : command(endpoint, commands)

  /** What is there and what is remembered, brought together; what a reload undid is done again first. */
  const look = async (service: RoutedService): Promise<Result<{seen: Survey; known: Remembered; memory: Memory}>> => {
    const memory = options.memory(service.route.backend)
    const seen = await survey(endpoint, service.route.backend)
    if (!seen.ok) return seen
    const recalled = await memory.recall()
    const known = withFound(recalled, seen.value)
    if (recalled.epoch === '' || recalled.epoch === seen.value.epoch) return ok({seen: seen.value, known, memory})
    return restore(service, known, seen.value, memory)
  }

  const restore = async (service: RoutedService, known: Remembered, seen: Survey, memory: Memory) => {
    const {backend} = service.route
    const missing: RememberedPool[] = []
    const commands: string[] = []
    for (const pool of known.pools) {
      const joined = join(
        backend,
        pool,
        pool.servers.map(server => server.address),
        seen,
        known,
        options.dynamic,
      )
      if (!joined.ok) return joined
      commands.push(...joined.value.commands)
      missing.push({
        ...pool,
        servers: joined.value.servers.map(server => ({
          ...server,
          weight: pool.servers.find(old => old.address === server.address)?.weight ?? 0,
        })),
      })
    }
    commands.push(...weightCommands(backend, missing))
    const done = await act(commands)
    if (!done.ok) return done
    const restored = {...known, epoch: seen.epoch, pools: missing}
    await memory.keep(restored)
    const again = await survey(endpoint, backend)
    return again.ok ? ok({seen: again.value, known: restored, memory}) : again
  }

  const attach = async (service: RoutedService, pool: Pool): Promise<Result<void>> => {
    const {backend} = service.route
    const looked = await look(service)
    if (!looked.ok) return looked
    const {seen, known, memory} = looked.value
    const before = known.pools.find(candidate => candidate.id === pool.id)
    const joined = join(
      backend,
      before ?? {id: pool.id, servers: [], share: 0, set: 0},
      pool.addresses,
      seen,
      known,
      options.dynamic,
    )
    if (!joined.ok) return joined
    const leaving = (before?.servers ?? []).filter(server => !pool.addresses.includes(server.address))
    const first = !before && known.pools.every(other => other.share === 0)
    const share = before?.share ?? (first ? 100 : 0)
    const others = known.pools.filter(other => other.id !== pool.id)
    const isSame = before !== undefined && sameNames(before.servers, joined.value.servers)
    const sets = isSame ? known.sets : known.sets + 1
    const set = isSame ? before.set : sets
    const pools = weigh([...others, {id: pool.id, servers: joined.value.servers, share, set}])
    const done = await act([
      ...joined.value.commands,
      ...weightCommands(backend, pools),
      ...leaving.map(server => `set server ${backend}/${server.name} state maint`),
    ])
    if (!done.ok) return done
    await memory.keep({epoch: seen.epoch, sets, pools})
    return ok(undefined)
  }

  const route = async (service: RoutedService, shares: Shares): Promise<Result<void>> => {
    for (const {pool} of shares) {
      const attached = await attach(service, pool)
      if (!attached.ok) return attached
    }
    const looked = await look(service)
    if (!looked.ok) return looked
    const {seen, known, memory} = looked.value
    if (!shares.some(({share}) => share > 0))
      return fail(
        failure('balancer-failed', {
          message: `shares of ${service.name} that are all 0 would leave it without an answer`,
        }),
      )
    const pools = weigh(
      known.pools.map(pool => ({...pool, share: shares.find(wish => wish.pool.id === pool.id)?.share ?? 0})),
    )
    await memory.keep({...known, epoch: seen.epoch, pools})
    const done = await act(weightCommands(service.route.backend, pools))
    if (!done.ok) return done
    return readBack(service, pools)
  }

  /** A good `set` has no status of its own, so what was set is read again. */
  const readBack = async (service: RoutedService, pools: readonly RememberedPool[]): Promise<Result<void>> => {
    const seen = await survey(endpoint, service.route.backend)
    if (!seen.ok) return seen
    for (const server of pools.flatMap(pool => pool.servers)) {
      const weight = seen.value.servers.find(candidate => candidate.name === server.name)?.weight
      if (weight !== server.weight) {
        return fail(
          failure('balancer-failed', {
            message: `server ${service.route.backend}/${server.name} has weight ${weight ?? 'none'}, not ${server.weight} as it was told`,
            hint: 'does an agent-check, another tool or a reload set the weights of this back end too?',
          }),
        )
      }
    }
    const stranger = seen.value.servers.find(
      server =>
        carries(server) &&
        server.weight > 0 &&
        !pools.some(pool => pool.servers.some(mine => mine.name === server.name)),
    )
    return stranger ? fail(alsoServes(service, stranger)) : persist(service.route.backend)
  }

  /** A reload reads this file, so that in the middle of a rollout it changes nothing. */
  const persist = async (backend: string): Promise<Result<void>> => {
    if (!options.saveState) return ok(undefined)
    const state = await command(endpoint, ['show servers state'])
    if (!state.ok) return state
    return options.saveState(state.value.slice(state.value.indexOf('1\n#')), backend)
  }

  const read = async (service: RoutedService): Promise<Result<Balanced>> => {
    const looked = await look(service)
    if (!looked.ok) return looked
    const {seen, known} = looked.value
    const pools = known.pools.map(pool => ({
      id: pool.id,
      servers: pool.servers.map(server => {
        const there = seen.servers.find(candidate => candidate.name === server.name)
        return {
          address: server.address,
          weight: there && carries(there) ? there.weight : 0,
          inFlight: Number(there?.stat['scur'] ?? 0),
        }
      }),
      counters: countersOf(pool, seen),
    }))
    const weights = pools.flatMap(pool => pool.servers.map(server => server.weight))
    const parts = sharesOf(
      weights.map(() => ({servers: 1})),
      weights,
    )
    let at = 0
    return ok({
      pools: pools.map(pool => {
        const share = parts.slice(at, at + pool.servers.length).reduce((sum, part) => sum + part, 0)
        at += pool.servers.length
        return {...pool, share: Number(share.toFixed(4))}
      }),
    })
  }

  const detach = async (service: RoutedService, pool: Pool, deadline: number): Promise<Result<void>> => {
    const {backend} = service.route
    const looked = await look(service)
    if (!looked.ok) return looked
    const {seen, known, memory} = looked.value
    const leaving = known.pools.find(candidate => candidate.id === pool.id)
    if (!leaving) return ok(undefined)
    const others = known.pools.filter(candidate => candidate.id !== pool.id)
    if (leaving.share > 0 && others.length > 0) {
      return fail(
        failure('balancer-failed', {
          message: `pool ${pool.id} of ${service.name} still has a share of ${leaving.share} %`,
        }),
      )
    }
    const drained = await act(leaving.servers.map(server => `set server ${backend}/${server.name} state drain`))
    if (!drained.ok) return drained
    await untilIdle(service, leaving, deadline)
    const gone = await remove(backend, leaving)
    if (!gone.ok) return gone
    await memory.keep({...known, epoch: seen.epoch, pools: others})
    return ok(undefined)
  }

  const untilIdle = async (service: RoutedService, pool: RememberedPool, deadline: number): Promise<void> => {
    while (clock.now() < deadline) {
      const seen = await survey(endpoint, service.route.backend)
      const busy =
        seen.ok &&
        seen.value.servers.some(
          server => pool.servers.some(mine => mine.name === server.name) && Number(server.stat['scur'] ?? 0) > 0,
        )
      if (seen.ok && !busy) return
      await clock.sleep(POLL_MS)
    }
  }

  const remove = async (backend: string, pool: RememberedPool): Promise<Result<void>> => {
    const rested = await act(pool.servers.map(server => `set server ${backend}/${server.name} state maint`))
    if (!rested.ok) return rested
    for (const server of pool.servers.filter(candidate => candidate.dynamic)) {
      const until = clock.monotonic() + PURGE_MS
      let deleted = await act([`del server ${backend}/${server.name}`])
      while (!deleted.ok && clock.monotonic() < until) {
        await clock.sleep(POLL_MS * 5)
        deleted = await act([`del server ${backend}/${server.name}`])
      }
      // A server in maintenance takes no traffic; one that cannot be deleted yet is used again for the same address.
    }
    return ok(undefined)
  }

  return {can: CAN, attach, route, read, detach}
}

function alsoServes(service: RoutedService, server: ServerState): Failure {
  return failure('driver-unable', {
    message: `server ${service.route.backend}/${server.name} takes traffic too, and belongs to no pool of ${service.name}`,
    hint: 'take it out of the back end or put it in maintenance: as long as it serves, no share can be held',
  })
}
