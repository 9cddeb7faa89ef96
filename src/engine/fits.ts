import type {Failure} from '../core/base/failure.ts'
import {failure} from '../core/base/failure.ts'
import {sameState} from '../core/graph/states.ts'
import type {MaybeState} from '../core/graph/system.ts'
import type {Plan, Step} from '../core/plan/plan.ts'
import {brownoutsOf} from '../core/rollout/brownout.ts'
import {unmeasurable} from '../core/rollout/measurable.ts'
import {poolIdOf} from '../core/rollout/pool.ts'
import type {Kept} from '../ports/state.ts'
import type {Deps} from './deps.ts'
import {within} from './guard.ts'
import {standingIn} from './standing.ts'

const READ_MS = 10_000

/** Why the plan does not fit what runs; undefined where it does. Asked before the first step, when nothing is done yet. */
export async function fits(deps: Deps, plan: Plan): Promise<Failure | undefined> {
  const kept = await standingIn(deps.state, plan.environment)
  if (!kept.ok) return kept.failure
  const byService = new Map(kept.value.map(one => [one.service, one]))
  for (const step of firstSteps(plan)) {
    const unfit = await unfitness(deps, step, byService.get(step.service))
    if (unfit) return unfit
  }
  return undefined
}

/** The first step of each service: from where the plan takes it. */
function firstSteps(plan: Plan): readonly Step[] {
  const seen = new Set<string>()
  return plan.steps.filter(({service}) => !seen.has(service) && seen.add(service))
}

async function unfitness(deps: Deps, step: Step, kept: Kept | undefined): Promise<Failure | undefined> {
  const {service, from} = step
  const {can} = deps.balancer
  const config = deps.services.get(service)
  if (!config) return stale(`${service} is not in the configuration any more`)
  if (!config.run) return failure('driver-unable', {message: `${service} has no \`run\`, so it cannot be started`})
  const blind = unmeasurable(config, {requests: can.has('counters'), latency: can.has('latency')})
  if (blind) return blind
  const unable = unableToBrownOut(deps, step)
  if (unable) return unable
  if (kept && from === null && sameState(kept.state, step.to)) return alreadyThere(deps, step)
  if (kept && !sameState(kept.state, from)) {
    return stale(`${service} is at ${name(kept.state)} by the record, and the plan takes it from ${name(from)}`)
  }
  if (from === null) return undefined
  const pool = kept?.pool ?? poolIdOf(from)
  const there = await within(deps.clock, {what: `what runs of ${service}`, code: 'runtime-failed', ms: READ_MS}, () =>
    deps.runtime.read(service),
  )
  if (!there.ok) return there.failure
  if (there.value.some(one => one.pool === pool && one.health !== 'exited')) return undefined
  return stale(`nothing runs of ${service} ${name(from)}, from where the plan takes it`)
}

/** Better known before the first step than at the last one. */
function unableToBrownOut({balancer, brownouts = new Map(), services}: Deps, step: Step): Failure | undefined {
  const [wanted] = brownoutsOf(step, brownouts)
  const isRouted = services.get(step.service)?.route !== undefined
  if (!wanted || (isRouted && balancer.can.has('brownout'))) return undefined
  const why = isRouted ? 'this balancer cannot answer 410 for it' : `${step.service} has no route`
  return failure('driver-unable', {
    message: `${wanted.contract} wants a brownout before v${wanted.major} goes, and ${why}`,
    hint: 'docs/usage.md says which balancers can; or take `brownout` out of the contract',
  })
}

/** What is on record and runs no more may be started anew, as after the machine was. */
async function alreadyThere(deps: Deps, {service, to}: Step): Promise<Failure | undefined> {
  const there = await within(deps.clock, {what: `what runs of ${service}`, code: 'runtime-failed', ms: READ_MS}, () =>
    deps.runtime.read(service),
  )
  if (!there.ok) return there.failure
  const isAlive = there.value.some(({health}) => health !== 'exited')
  return isAlive ? stale(`${service} ${name(to)} runs already`) : undefined
}

function stale(message: string): Failure {
  return failure('plan-stale', {message, hint: 'see `sluice status`, and plan again'})
}

function name(state: MaybeState): string {
  return state === null ? 'nothing' : poolIdOf(state)
}
