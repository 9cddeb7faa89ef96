import {failure, type Failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import type {Balanced, Balancer, Pool, RoutedService, Shares} from '../../../ports/balancer.ts'
import {ABILITIES} from '../abilities.ts'
import {sharesOf} from '../weights.ts'
import type {ServerState} from './answers.ts'
import type {HaproxyOptions} from './given.ts'
import type {Memory, Remembered, RememberedPool} from './memory.ts'
import {countersOf} from './counters.ts'
import {sweep} from './departure.ts'
import {forget, nothingLeft, persist} from './ending.ts'
import {admitted} from './guard.ts'
import {asSeen, carries, join, joinedTo, leaversOf, weigh, weightCommands, withFound} from './pools.ts'
import {command, type Survey, weighable} from './survey.ts'

/**
 * HAProxy by its Runtime API: weights of running servers, which cost no connection. Every verb first looks at the back
 * end, refuses what can never hold a share, and puts right what a reload made it forget.
 */
export function haproxy(options: HaproxyOptions): Balancer {
  const {endpoint, dynamic} = options
  const act = (commands: readonly string[]) =>
    commands.length === 0 ? Promise.resolve(ok('')) : command(endpoint, commands)

  /** What is there and what is remembered, brought together; what a reload undid is done again first. */
  const look = async (service: RoutedService): Promise<Result<Looked>> => {
    const memory = options.memory(service.route.backend)
    const seen = await weighable(endpoint, service.route.backend)
    if (!seen.ok) return seen
    const recalled = await admitted(endpoint, service, memory)
    if (!recalled.ok) return recalled
    const known = withFound(recalled.value, seen.value)
    if (recalled.value.epoch === '' || recalled.value.epoch === seen.value.epoch)
      return ok({seen: seen.value, known: asSeen(known, seen.value), memory})
    return restore(service, known, seen.value, memory)
  }

  const restore = async (service: RoutedService, known: Remembered, seen: Survey, memory: Memory) => {
    const {backend} = service.route
    const commands: string[] = []
    const pools: RememberedPool[] = []
    for (const pool of known.pools) {
      const addresses = pool.servers.map(server => server.address)
      const joined = join({backend, pool: pool.id, addresses, seen, known, dynamic, weighs: true})
      if (!joined.ok) return joined
      const weightAt = (address: string) => pool.servers.find(old => old.address === address)?.weight ?? 0
      commands.push(...joined.value.commands)
      pools.push({
        ...pool,
        servers: joined.value.servers.map(server => ({...server, weight: weightAt(server.address)})),
      })
    }
    const done = await act([...commands, ...weightCommands(backend, pools)])
    if (!done.ok) return done
    const restored = {...known, epoch: seen.epoch, pools}
    await memory.keep(restored)
    const again = await weighable(endpoint, backend)
    return again.ok ? ok({seen: again.value, known: restored, memory}) : again
  }

  const attach = async (service: RoutedService, pool: Pool): Promise<Result<void>> => {
    const {backend} = service.route
    const looked = await look(service)
    if (!looked.ok) return looked
    const {seen, known, memory} = looked.value
    const before = known.pools.find(candidate => candidate.id === pool.id)
    const joined = join({backend, pool: pool.id, addresses: pool.addresses, seen, known, dynamic, weighs: true})
    if (!joined.ok) return joined
    const joining = joinedTo(known, pool, joined.value.servers)
    const pools = weigh(joining.pools)
    const done = await act([
      ...joined.value.commands,
      ...weightCommands(backend, pools),
      ...leaversOf(before, pool).map(name => `set server ${backend}/${name} state maint`),
    ])
    if (!done.ok) return done
    await memory.keep({...joining, epoch: seen.epoch, pools})
    await sweep(endpoint, backend, seen, pools)
    return persist(options)
  }

  const route = async (service: RoutedService, shares: Shares): Promise<Result<void>> => {
    for (const {pool} of shares) {
      const attached = await attach(service, pool)
      if (!attached.ok) return attached
    }
    const looked = await look(service)
    if (!looked.ok) return looked
    const {seen, known, memory} = looked.value
    if (!shares.some(({share}) => share > 0)) return fail(nothingLeft(service))
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
    const seen = await weighable(endpoint, service.route.backend)
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
    return stranger ? fail(alsoServes(service, stranger)) : persist(options)
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
    const looked = await look(service)
    if (!looked.ok) return looked
    const {seen, known, memory} = looked.value
    return forget(options, {service, known, memory, epoch: seen.epoch}, pool, deadline, () => service.route.backend)
  }

  return {can: ABILITIES.haproxy, attach, route, read, detach}
}

interface Looked {
  readonly seen: Survey
  readonly known: Remembered
  readonly memory: Memory
}

function alsoServes(service: RoutedService, server: ServerState): Failure {
  return failure('driver-unable', {
    message: `server ${service.route.backend}/${server.name} takes traffic too, and belongs to no pool of ${service.name}`,
    hint: 'take it out of the back end or put it in maintenance: as long as it serves, no share can be held',
  })
}
