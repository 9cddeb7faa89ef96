import type {Result} from '../core/base/result.ts'
import {ok} from '../core/base/result.ts'
import type {DurationMs} from '../core/base/units.ts'
import type {MaybeState, ServiceName} from '../core/graph/system.ts'
import type {Orphan, There} from '../core/rollout/orphans.ts'
import {explained, orphansOf} from '../core/rollout/orphans.ts'
import {poolIdOf} from '../core/rollout/pool.ts'
import type {Deps} from './deps.ts'
import {within} from './guard.ts'
import {openIn} from './open.ts'

type LookDeps = Pick<Deps, 'state' | 'runtime' | 'balancer' | 'services' | 'clock'>

const READ_MS: DurationMs = 10_000

/**
 * Pools that are there, and that neither where the services stand nor an open rollout explains.
 * @param configured where services stand that Sluice has no record of
 */
export async function findOrphans(
  deps: LookDeps,
  environment: string,
  configured: ReadonlyMap<ServiceName, MaybeState>,
): Promise<Result<readonly Orphan[]>> {
  const kept = await deps.state.kept(environment)
  if (!kept.ok) return kept
  const rollouts = await openIn(deps.state, environment)
  if (!rollouts.ok) return rollouts
  const there = await look(deps)
  if (!there.ok) return there
  const standing = new Map([...configured].map(([service, state]) => [service, state && poolIdOf(state)]))
  for (const {service, pool} of kept.value) standing.set(service, pool)
  return ok(orphansOf(there.value, explained(standing, rollouts.value)))
}

async function look({runtime, balancer, services, clock}: LookDeps): Promise<Result<There>> {
  const instances = await within(clock, {what: 'all that runs', code: 'runtime-failed', ms: READ_MS}, () =>
    runtime.list(),
  )
  if (!instances.ok) return instances
  const pools = new Map<ServiceName, readonly {readonly id: string; readonly share: number}[]>()
  for (const {name, route} of services.values()) {
    if (!route) continue
    const read = await within(clock, {what: `the shares of ${name}`, code: 'balancer-failed', ms: READ_MS}, () =>
      balancer.read({name, route}),
    )
    if (!read.ok) return read
    pools.set(name, read.value.pools)
  }
  return ok({instances: instances.value, pools})
}
