import {bug} from '../core/base/bug.ts'
import {by} from '../core/base/order.ts'
import {ok, type Result} from '../core/base/result.ts'
import type {Question, ServiceName, State as ServiceState} from '../core/graph/system.ts'
import {fingerprintOf} from '../core/plan/fingerprint.ts'
import type {Plan, Step} from '../core/plan/plan.ts'
import {poolIdOf} from '../core/rollout/pool.ts'
import type {Config, EnvironmentConfig, ServiceConfig} from '../core/config/config.ts'
import type {Runtime} from '../ports/runtime.ts'
import type {State} from '../ports/state.ts'
import {answer} from './plan.ts'
import {withRecord} from './record.ts'
import {openDrivers} from './world.ts'

/** Who knows what runs. */
export interface Knowing {
  readonly state: State
  readonly runtime: Runtime
  readonly services: ReadonlyMap<ServiceName, ServiceConfig>
}

/** Finding an order for what does not run yet is quick, or not worth the wait. */
const TIME_LIMIT_MS = 2_000

/**
 * What should run by the record, or else by the file, and of which the runtime has no instance: it was never started, or
 * the machine was. Sluice has to start it before it can move it. Answers the plan that does so, from nothing; undefined where there is nothing to start.
 */
export async function bringUp(knowing: Knowing, question: Question): Promise<Result<Plan | undefined>> {
  const missing = await missingIn(knowing, question)
  if (!missing.ok) return missing
  if (missing.value.size === 0) return ok(undefined)
  const there = new Map([...question.current].filter(([service]) => !missing.value.has(service)))
  const asked: Question = {...question, current: there, target: missing.value}
  const found = answer(asked, TIME_LIMIT_MS)
  return ok(found.steps === null ? allAtOnce(asked) : withoutGates(found))
}

/** The same by the drivers of the environment. */
export async function goneIn(
  config: Config,
  environment: EnvironmentConfig,
  question: Question,
): Promise<Result<Plan | undefined>> {
  const drivers = await openDrivers(config, environment)
  if (!drivers.ok) return drivers
  const {runtime} = drivers.value
  return withRecord(config, state => bringUp({state, runtime, services: environment.services}, question))
}

async function missingIn(
  knowing: Knowing,
  {environment, current}: Question,
): Promise<Result<Map<ServiceName, ServiceState>>> {
  const kept = await knowing.state.kept(environment)
  if (!kept.ok) return kept
  const recorded = new Set(kept.value.map(({service}) => service))
  const missing = new Map<ServiceName, ServiceState>()
  for (const [service, state] of current) {
    // What Sluice is not told how to run, somebody else runs.
    if (!knowing.services.get(service)?.run) continue
    const there = await knowing.runtime.read(service)
    if (!there.ok) return there
    const alive = there.value.filter(({health}) => health !== 'exited')
    // What is on record may run under another name, or be half moved: only where nothing runs at all it has gone.
    const isThere = recorded.has(service) ? alive.length > 0 : alive.some(({pool}) => pool === poolIdOf(state))
    if (!isThere) missing.set(service, state)
  }
  return ok(missing)
}

function withoutGates(plan: Plan): Plan {
  return {...plan, steps: plan.steps.map(step => ({...step, gates: []}))}
}

/** Services that need each other have no order to start in; nobody calls them yet, so they may all start together. */
function allAtOnce(question: Question): Plan {
  const {system, environment, target} = question
  const steps = [...target].sort(by(([service]) => service)).map(
    ([service, to]): Step => ({
      id: `${service}-1`,
      wave: 1,
      service,
      action: 'deploy',
      from: null,
      to: to ?? bug('nothing is brought up to be nothing'),
      after: [],
      gates: [],
      reversible: true,
      reasons: [],
    }),
  )
  return {
    sluicePlan: 1,
    system: system.name,
    environment,
    fingerprint: fingerprintOf(question, steps),
    optimal: true,
    steps,
  }
}
