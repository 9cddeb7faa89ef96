import {failure, type Failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import type {Instant} from '../../../core/base/units.ts'
import type {Pool, RoutedService} from '../../../ports/balancer.ts'
import {depart} from './departure.ts'
import type {HaproxyOptions} from './given.ts'
import type {Memory, Remembered, RememberedPool} from './memory.ts'
import {command} from './survey.ts'

/** A service as it was looked at. */
interface Known {
  readonly service: RoutedService
  readonly known: Remembered
  readonly memory: Memory
  /** The HAProxy process that was seen. */
  readonly epoch: string
}

/** Lets a pool without a share end what it answers, and forgets it. @param backendOf where its servers are */
export async function forget(
  options: HaproxyOptions,
  {service, known, memory, epoch}: Known,
  {id}: Pool,
  deadline: Instant,
  backendOf: (pool: RememberedPool) => string,
): Promise<Result<void>> {
  const leaving = known.pools.find(pool => pool.id === id)
  if (!leaving) return ok(undefined)
  const others = known.pools.filter(pool => pool.id !== id)
  if (leaving.share > 0 && others.length > 0) return fail(stillCarries(service, leaving))
  const gone = await depart(options.endpoint, options.clock, backendOf(leaving), leaving, deadline)
  if (!gone.ok) return gone
  await memory.keep({...known, epoch, pools: others})
  return persist(options)
}

/** A reload reads this file, so that in the middle of a rollout it changes nothing. */
export async function persist({endpoint, saveState}: HaproxyOptions): Promise<Result<void>> {
  if (!saveState) return ok(undefined)
  const state = await command(endpoint, ['show servers state'])
  if (!state.ok) return state
  return saveState(state.value.slice(state.value.indexOf('1\n#')))
}

export function nothingLeft({name}: RoutedService): Failure {
  return failure('balancer-failed', {message: `shares of ${name} that are all 0 would leave it without an answer`})
}

function stillCarries({name}: RoutedService, {id, share}: RememberedPool): Failure {
  return failure('balancer-failed', {message: `pool ${id} of ${name} still has a share of ${share} %`})
}
