import type {Result} from '../core/base/result.ts'
import {fail, ok} from '../core/base/result.ts'
import type {DurationMs} from '../core/base/units.ts'
import type {ServiceConfig} from '../core/config/config.ts'
import type {MaybeState, ServiceName} from '../core/graph/system.ts'
import {isInPlace} from '../core/rollout/course.ts'
import type {PoolId} from '../core/rollout/pool.ts'
import {poolIdOf} from '../core/rollout/pool.ts'
import {hasEnded, stateOf} from '../core/rollout/rollout-state.ts'
import type {ServiceSeen, Status} from '../core/rollout/status.ts'
import {statusOf} from '../core/rollout/status.ts'
import type {Balanced} from '../ports/balancer.ts'
import type {Rollout} from '../ports/state.ts'
import type {Deps} from './deps.ts'
import {within} from './guard.ts'
import {openIn} from './open.ts'
import {findOrphans} from './orphans.ts'

type StatusDeps = Pick<Deps, 'state' | 'runtime' | 'balancer' | 'services' | 'clock'>

const READ_MS = 10_000

/**
 * What runs, service by service: asked of the runtime and the balancer, not of the record.
 * @param configured where services stand that Sluice has no record of
 * @param sampleMs how long requests are counted for the measured shares; 0 measures none
 */
export async function readStatus(
  deps: StatusDeps,
  environment: string,
  configured: ReadonlyMap<ServiceName, MaybeState>,
  sampleMs: DurationMs,
): Promise<Result<Status>> {
  const kept = await deps.state.kept(environment)
  if (!kept.ok) return kept
  const rollouts = await openIn(deps.state, environment)
  if (!rollouts.ok) return rollouts
  const before = await readAll(deps)
  if (!before.ok) return before
  if (sampleMs > 0) await deps.clock.sleep(sampleMs)
  const now = sampleMs > 0 ? await readAll(deps) : before
  if (!now.ok) return now

  const standing = new Map<ServiceName, {state: MaybeState; pool: PoolId | null}>()
  for (const [service, state] of configured) standing.set(service, {state, pool: state && poolIdOf(state)})
  for (const {service, state, pool} of kept.value) standing.set(service, {state, pool})
  const moving = underWay(rollouts.value, deps.services)

  const services = [...deps.services.keys()].map((service, index): ServiceSeen => {
    const {state = null, pool = null} = standing.get(service) ?? {}
    const next = moving.get(service)
    const {instances = [], pools = []} = now.value[index] ?? {}
    return {
      service,
      state,
      current: pool,
      ...(next && {next}),
      instances,
      pools,
      before: before.value[index]?.pools ?? [],
    }
  })
  const orphans = await findOrphans(deps, environment, configured)
  if (!orphans.ok) return orphans
  return ok({services: services.map(statusOf), ...(orphans.value.length > 0 && {orphans: orphans.value})})
}

interface Read {
  readonly instances: ServiceSeen['instances']
  readonly pools: Balanced['pools']
}

async function readAll(deps: StatusDeps): Promise<Result<readonly Read[]>> {
  const read = await Promise.all([...deps.services.values()].map(service => readOne(deps, service)))
  const values: Read[] = []
  for (const one of read) {
    if (!one.ok) return fail(one.failure)
    values.push(one.value)
  }
  return ok(values)
}

async function readOne(
  {runtime, balancer, clock}: StatusDeps,
  {name, run, route}: ServiceConfig,
): Promise<Result<Read>> {
  const instances = run
    ? await within(clock, {what: `what runs of ${name}`, code: 'runtime-failed', ms: READ_MS}, () => runtime.read(name))
    : ok([])
  if (!instances.ok) return instances
  const balanced = route
    ? await within(clock, {what: `the shares of ${name}`, code: 'balancer-failed', ms: READ_MS}, () =>
        balancer.read({name, route}),
      )
    : ok({pools: []})
  return balanced.ok ? ok({instances: instances.value, pools: balanced.value.pools}) : balanced
}

/** The pools that rollouts under way bring up, with the share that was last reached. */
function underWay(
  rollouts: readonly Rollout[],
  services: StatusDeps['services'],
): ReadonlyMap<ServiceName, {pool: PoolId; share: number}> {
  const moving = new Map<ServiceName, {pool: PoolId; share: number}>()
  for (const {plan, entries} of rollouts) {
    const state = stateOf(plan, entries)
    if (hasEnded(state)) continue
    for (const step of plan.steps) {
      const {id, service, to} = step
      const story = state.steps.get(id)
      const config = services.get(service)
      if (!story || !to || (config && isInPlace(step, config))) continue
      if (!['waiting', 'succeeded', 'rolled-back'].includes(story.state.is))
        moving.set(service, {pool: poolIdOf(to), share: story.share})
    }
  }
  return moving
}
