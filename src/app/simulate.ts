import {ok, type Result} from '../core/base/result.ts'
import type {CheckConfig, RolloutConfig, ServiceConfig} from '../core/config/config.ts'
import {neighboursOf} from '../core/graph/edges.ts'
import type {NoPlan, Plan} from '../core/plan/plan.ts'
import type {Simulated} from '../core/rollout/simulated.ts'
import type {Scene} from '../simulation/scene.ts'
import {crashes, seeded} from '../simulation/schedules.ts'
import {summary} from '../simulation/summary.ts'
import {answer, type PlanAsked} from './plan.ts'
import {type Posed, pose} from './question.ts'
import {loadSystemIn} from './system.ts'

export interface SimulateAsked extends PlanAsked {
  /** How many runs with things that go wrong at random. */
  readonly schedules: number
  /** The first of their seeds. */
  readonly seed: number
}

/** A plan, and what became of it in a simulated world; without a plan, why there is none. */
export type SimulatedPlan = {readonly plan: Plan; readonly simulated: Simulated} | {readonly plan: NoPlan}

/** Who wants to know how far it is. */
export interface Onlooker {
  planned(plan: Plan): void
  tried(count: number): void
}

/** So many places of a crash are tried at the most, evenly spread: a large plan has thousands. */
const MOST_PLACES = 250

/** Plans, and carries the plan out many times in a world that is all simulated. Nothing real is touched. */
export async function simulatePlan(asked: SimulateAsked, onlooker: Onlooker): Promise<Result<SimulatedPlan>> {
  const loaded = await loadSystemIn(asked, asked.env)
  if (!loaded.ok) return loaded
  const posed = await pose(loaded.value, asked)
  if (!posed.ok) return posed
  const plan = answer(posed.value.question, asked.timeLimitMs)
  if (plan.steps === null) return ok({plan})
  onlooker.planned(plan)
  const scene = sceneOf(posed.value, plan)
  const sum = summary(plan)
  let count = 0
  if (plan.steps.length > 0) {
    for await (const tried of crashes(scene, MOST_PLACES)) {
      sum.add(tried, true)
      onlooker.tried(++count)
    }
    for (let seed = asked.seed; seed < asked.seed + asked.schedules; seed++) {
      sum.add(await seeded(scene, seed), false)
      onlooker.tried(++count)
    }
  }
  return ok({plan, simulated: sum.result(asked.seed)})
}

/** About as long as a step takes when nothing goes wrong, with its bakes cut short. */
const STEP_MS = 4_000
/** Enough for every comparison to come to a verdict in a bake that is cut short. */
const PER_SECOND = 20_000

function sceneOf({environment, question}: Posed, plan: Plan): Scene {
  return {
    system: question.system,
    services: new Map([...environment.services].map(([name, service]) => [name, quickened(service)])),
    current: question.current,
    target: question.target,
    plan,
    neighbours: neighboursOf(question.system),
    perSecond: PER_SECOND,
    spanMs: plan.steps.length * STEP_MS,
    behaviour: () => undefined,
  }
}

const BAKE_MS = 500
const DRAIN_MS = 1_000
const INTERVAL_MS = 250

/** The user's policy, with waiting cut short: what is tried is what happens, and in which order, not how long one looks. */
function quickened(service: ServiceConfig): ServiceConfig {
  const {run, rollout} = service
  const drainMs = Math.min(run?.stop?.drainMs ?? DRAIN_MS, DRAIN_MS)
  return {...service, run: {...run, stop: {drainMs}}, rollout: quickRollout(rollout)}
}

function quickRollout(rollout: RolloutConfig): RolloutConfig {
  const {deadlineMs: _deadline, ...others} = rollout
  return {...others, bakeMs: Math.min(rollout.bakeMs, BAKE_MS), checks: rollout.checks.map(quickCheck)}
}

/** Whatever asks somebody is asked of the simulation, which knows whether the release is well. */
function quickCheck(check: CheckConfig): CheckConfig {
  if (check.kind === 'errors' || check.kind === 'latency' || check.kind === 'compare') return check
  const {observe, timeoutMs} = check
  return {kind: 'http', path: '/', timeoutMs, intervalMs: INTERVAL_MS, ...(observe !== undefined && {observe})}
}
