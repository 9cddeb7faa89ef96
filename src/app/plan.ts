import type {Problem} from '../core/base/failure.ts'
import {ok, type Result} from '../core/base/result.ts'
import type {DurationMs} from '../core/base/units.ts'
import {withGates} from '../core/plan/gates.ts'
import type {NoPlan, Plan} from '../core/plan/plan.ts'
import {plan as planned} from '../core/plan/planner.ts'
import type {Question} from '../core/graph/system.ts'
import type {Where} from './config.ts'
import {type AskedOf, pose, type Posed} from './question.ts'
import {loadSystem} from './system.ts'

/** What a plan is asked to be. */
export interface PlanAsked extends Where, AskedOf {
  readonly timeLimitMs: DurationMs
}

/** A plan or why there is none, and what was odd on the way. */
export interface Planned {
  readonly plan: Plan | NoPlan
  readonly warnings: readonly Problem[]
}

/** Plans from what runs to what should. */
export async function plan(asked: PlanAsked): Promise<Result<Planned>> {
  const loaded = await loadSystem(asked)
  if (!loaded.ok) return loaded
  const posed = await pose(loaded.value, asked)
  if (!posed.ok) return posed
  const found = answer(posed.value.question, asked.timeLimitMs)
  return ok({plan: gated(found, posed.value), warnings: loaded.value.warnings})
}

/** With the gates of the configuration before each step. */
export function gated(plan: Plan, posed: Posed): Plan
export function gated(plan: Plan | NoPlan, posed: Posed): Plan | NoPlan
export function gated(plan: Plan | NoPlan, {environment}: Posed): Plan | NoPlan {
  return plan.steps === null ? plan : withGates(plan, environment)
}

/** The planner with the machine's clock. */
export function answer(question: Question, timeLimitMs: DurationMs): Plan | NoPlan {
  return planned(question, {timeLimitMs, now: () => performance.now()})
}
