import {failure, type Failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import type {Percent} from '../../../core/base/units.ts'
import type {Pool, RoutedService} from '../../../ports/balancer.ts'
import type {Remembered, RememberedPool, Side} from './memory.ts'
import {carries, withFound} from './pools.ts'
import {WHOLE} from './split-map.ts'
import type {Survey} from './survey.ts'

/** The two back ends of one service, as they were seen. */
export type BothSides = Readonly<Record<Side, Survey>>

export const SIDES: readonly Side[] = ['a', 'b']

export function backendOf({route}: RoutedService, side: Side): string {
  return `${route.backend}-${side}`
}

/** How many parts go to side `b` when a pool of this side has that share. A share above 0 is never nothing. */
export function partsFor(side: Side, share: Percent): number {
  const parts = share === 0 ? 0 : Math.max(1, Math.round((share / 100) * WHOLE))
  return side === 'b' ? parts : WHOLE - parts
}

/** Every pool with its side, and with the share that the map gives to it. */
export function pooledBySide(recalled: Remembered, seen: BothSides, parts: number): Remembered {
  const pools = SIDES.flatMap(side => {
    const own = {...recalled, pools: recalled.pools.filter(pool => pool.side === side)}
    const share = ((side === 'b' ? parts : WHOLE - parts) / WHOLE) * 100
    return withFound(own, seen[side]).pools.map(pool => ({...pool, side, share}))
  })
  return {...recalled, pools}
}

/** Where a pool is or may go: its own side, the side that has its addresses already, or the one that nobody has. */
export function sideFor(service: RoutedService, pool: Pool, known: Remembered, seen: BothSides): Result<Side> {
  const own = known.pools.find(({id}) => id === pool.id)?.side
  if (own) return ok(own)
  const free = SIDES.filter(side => known.pools.every(other => other.side !== side))
  const serving = free.find(side =>
    seen[side].servers.some(server => carries(server) && pool.addresses.includes(server.address)),
  )
  const side = serving ?? free[0]
  return side ? ok(side) : fail(bothTaken(service, pool, known.pools))
}

function bothTaken({name}: RoutedService, pool: Pool, pools: readonly RememberedPool[]): Failure {
  return failure('driver-unable', {
    message: `pool ${pool.id} of ${name} finds both sides taken, by ${pools.map(({id}) => id).join(' and ')}`,
    hint: 'a map shares out between two pools; finish or undo the step that is under way, or use `mode: weights`',
  })
}
