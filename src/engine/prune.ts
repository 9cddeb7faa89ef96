import type {Failure} from '../core/base/failure.ts'
import {failure} from '../core/base/failure.ts'
import type {Result} from '../core/base/result.ts'
import {fail, ok} from '../core/base/result.ts'
import type {DurationMs} from '../core/base/units.ts'
import type {Plan} from '../core/plan/plan.ts'
import type {Orphan} from '../core/rollout/orphans.ts'
import {beginning} from './beginning.ts'
import type {Deps, Options} from './deps.ts'
import {within} from './guard.ts'
import {keep} from './holder.ts'
import {recordTold} from './record-told.ts'
import {journalOf} from './journal.ts'
import {take} from './take.ts'

const READ_MS: DurationMs = 10_000
const DRAIN_MS: DurationMs = 30_000
/** What is asked to go, and where. */
export interface Pruning {
  readonly system: string
  readonly environment: string
  readonly orphans: readonly Orphan[]
}

/**
 * Takes orphans away, under the lock of their services and with a record of its own, as a rollout without steps. One that
 * has traffic is somebody's, and stays.
 */
export async function prune(
  deps: Deps,
  {system, environment, orphans}: Pruning,
  id: string,
  options: Options,
): Promise<Result<void>> {
  const busy = orphans.find(({share}) => (share ?? 0) > 0)
  if (busy) return fail(hasTraffic(busy))
  const services = [...new Set(orphans.map(({service}) => service))]
  const wanted = {environment, rollout: id, owner: options.who, reason: options.reason, moves: services}
  const awaiting = ({message}: Failure) => deps.emit({at: deps.clock.now(), rollout: id, code: 'lock-awaited', message})
  const taken = await take(deps, {...wanted, touches: services}, options, awaiting)
  if (!taken.ok) return taken
  const holder = keep(deps, taken.value, recordTold(deps, id))
  try {
    const startedAt = await beginning(deps, environment)
    if (!startedAt.ok) return startedAt
    const plan: Plan = {sluicePlan: 1, system, environment, fingerprint: 'sha256:0', optimal: true, steps: []}
    const head = {id, environment, plan, startedAt: startedAt.value}
    const begun = {code: 'rollout-begun', by: options.who, reason: options.reason} as const
    const entries = await deps.state.begin(taken.value.lease, head, [begun])
    if (!entries.ok) return entries
    const journal = journalOf(deps, holder, {...head, entries: entries.value}, [])
    for (const orphan of orphans) {
      const {service, pool} = orphan
      if (!(await journal.append([{code: 'orphan-found', service, pool}]))) break
      const gone = await remove(deps, orphan, taken.value.lease.fence)
      if (!gone.ok) {
        await journal.append([{code: 'rollout-ended', as: 'failed', failure: gone.failure}])
        return gone
      }
      await journal.append([{code: 'orphan-removed', service, pool}])
    }
    const broken = journal.broken()
    if (broken) return fail(broken)
    await journal.append([{code: 'rollout-ended', as: 'succeeded'}])
    return ok(undefined)
  } finally {
    await holder.end()
  }
}

async function remove(deps: Deps, {service, pool, addresses, share}: Orphan, fence: number): Promise<Result<void>> {
  const {clock, balancer, runtime, services} = deps
  const config = services.get(service)
  const drainMs = config?.run?.stop?.drainMs ?? DRAIN_MS
  const ms = drainMs + READ_MS
  const {route} = config ?? {}
  if (route && share !== null) {
    const detached = await within(clock, {what: `detach ${service} ${pool}`, code: 'balancer-failed', ms}, () =>
      balancer.detach({name: service, route, fence}, {id: pool, addresses}, clock.now() + drainMs),
    )
    if (!detached.ok) return detached
  }
  return within(clock, {what: `stop ${service} ${pool}`, code: 'runtime-failed', ms}, () =>
    runtime.stop(service, pool, drainMs),
  )
}

function hasTraffic({service, pool, share}: Orphan): Failure {
  return failure('halted', {
    message: `${service} ${pool} is explained by no record, and has ${share}% of the traffic`,
    hint: 'give the traffic to the release that should have it first, by `sluice apply` or in the balancer',
  })
}
