import {unreachable} from '../base/bug.ts'
import type {Failure} from '../base/failure.ts'
import {failure} from '../base/failure.ts'
import {isBrownedOut} from './brownout.ts'
import {type Course, sameAct, wantedAt} from './course.ts'
import type {PoolId} from './pool.ts'
import type {Act} from './record.ts'
import type {InstanceSeen, Seen} from './seen.ts'
import {isRouted, shareOf} from './share.ts'
import {spareOf} from '../config/size.ts'

/** Whether the world already is as the act wants it. What cannot be seen has not been reached. */
export function isReached(course: Course, act: Act, seen: Seen): boolean {
  const {instances, pools} = seen
  switch (act.do) {
    case 'start':
      return instances !== undefined && isUp(course, act, of(instances, act.pool))
    case 'attach':
      return pools !== undefined && knows(act.pool, seen)
    case 'route':
      return pools !== undefined && isRouted(course, act.share, pools) && isServed(seen)
    case 'drain':
      return pools !== undefined && !pools.some(({id}) => id === act.pool)
    case 'stop':
      return instances !== undefined && of(instances, act.pool).length === 0 && isOut(act.pool, seen)
    case 'brownout':
      return isBrownedOut(act, seen)
    case 'switch':
      return seen.switched === true
    case 'hook':
      // Nothing in the world shows it; see hooking.ts.
      return false
    default:
      return unreachable(act)
  }
}

function of(instances: readonly InstanceSeen[], pool: PoolId): readonly InstanceSeen[] {
  return instances.filter(instance => instance.pool === pool)
}

function isUp(course: Course, act: Act, pool: readonly InstanceSeen[]): boolean {
  const wanted = wantedAt(course, act)
  const well = pool.filter(({health}) => health === 'healthy').length
  return pool.length >= wanted && Math.max(wanted, pool.length) - well <= spareOf(wanted, course.redundancy)
}

/** Whether every pool with traffic is known with the instances that can take it: they may have moved meanwhile. */
export function isServed(seen: Seen): boolean {
  return (seen.pools ?? []).every(({id, share}) => share === 0 || knows(id, seen))
}

/** Known with the addresses that serve; where none does, or nobody can say which do, known at all. */
function knows(pool: PoolId, {instances, pools}: Seen): boolean {
  const known = pools?.find(({id}) => id === pool)?.servers.map(({address}) => address)
  const there = instances && servingOf(instances, pool)
  if (!known?.length) return false
  if (!there?.length) return true
  return there.length === known.length && there.every(address => known.includes(address))
}

/** `host:port` of everything of the pool that lives, sorted. */
export function addressesOf(instances: readonly InstanceSeen[], pool: PoolId | null): readonly string[] {
  const alive = instances.filter(one => one.pool === pool && one.health !== 'exited')
  return alive.map(({address}) => address).toSorted()
}

/**
 * Of those that live the healthy ones, sorted. Somebody must take the traffic: where none is healthy, those that were
 * once, and then any.
 */
export function servingOf(instances: readonly InstanceSeen[], pool: PoolId): readonly string[] {
  const those = (health: InstanceSeen['health']) =>
    addressesOf(
      instances.filter(one => one.health === health),
      pool,
    )
  return [those('healthy'), those('unhealthy')].find(some => some.length > 0) ?? addressesOf(instances, pool)
}

/** Whether the balancer knows the pool no more. */
function isOut(pool: PoolId, {pools}: Seen): boolean {
  return pools === undefined || !pools.some(({id}) => id === pool)
}

/** Until `current` begins to be stopped there is a way back. A service that goes away has one until then, too. */
export function mayReturn({forward, current}: Course, act: Act): boolean {
  const isTurned = (one: Act) => one.do === 'stop' && one.pool === current
  if (act.do !== 'hook') return !isTurned(act)
  return !forward
    .slice(
      0,
      forward.findIndex(one => sameAct(one, act)),
    )
    .some(isTurned)
}

/**
 * An act that has to be done again first, since its effect is gone: a late answer to an old call, or somebody's hand,
 * has put traffic on a pool that is on its way out.
 * @param share what `next` should have by now
 */
export function slipped(course: Course, act: Act, {pools}: Seen, share: 0 | 100): Act | undefined {
  if (!pools || (act.do !== 'drain' && act.do !== 'stop') || pools.length === 0) return undefined
  const known = pools.some(({id}) => id === act.pool)
  if (!known) return undefined
  if (pools.length > 1 && shareOf(act.pool, pools) > 0 && course.current !== null && course.next !== null)
    return {do: 'route', share}
  return act.do === 'stop' ? {do: 'drain', pool: act.pool} : undefined
}

/**
 * Why the instances of `next` are no ground to build on: more of them are dead, ill or missing than may be. While the
 * first start, only the dead count.
 */
export function troubleWith(course: Course, act: Act, {instances}: Seen): Failure | undefined {
  if (!instances || course.next === null || isYetToStart(course, act)) return undefined
  const next = of(instances, course.next)
  const wanted = wantedAt(course, act)
  const spare = spareOf(wanted, course.redundancy)
  const dead = next.filter(({health}) => health === 'exited')
  if (dead[0] && dead.length > spare) return died(course, dead[0])
  const [first] = course.forward
  if (act.do === 'start' && first && sameAct(act, first)) return undefined
  const ill = next.filter(({health}) => health === 'unhealthy')
  if (ill[0] && dead.length + ill.length > spare) return sick(course, ill[0])
  const lacking = act.do === 'start' ? 0 : wanted - next.length
  return dead.length + ill.length + lacking > spare && lacking > 0 ? missing(course, wanted, next.length) : undefined
}

function isYetToStart({forward}: Course, act: Act): boolean {
  const place = (is: (one: Act) => boolean) => forward.findIndex(is)
  return (
    (act.do === 'hook' || act.do === 'brownout') && place(one => sameAct(one, act)) < place(one => one.do === 'start')
  )
}

function died(course: Course, instance: InstanceSeen): Failure {
  const message = `an instance of ${course.service} ${instance.pool} has exited${tail(instance)}`
  return failure('rollout-failed', {message, hint: 'see its log'})
}

function sick(course: Course, instance: InstanceSeen): Failure {
  const message = `${instance.address} of ${course.service} ${instance.pool} is unhealthy${tail(instance)}`
  return failure('rollout-failed', {message})
}

function missing(course: Course, wanted: number, there: number): Failure {
  const message = `only ${there} of ${wanted} instances of ${course.service} ${course.next} are there`
  return failure('rollout-failed', {message})
}

function tail({detail}: InstanceSeen): string {
  return detail ? `: ${detail}` : ''
}
