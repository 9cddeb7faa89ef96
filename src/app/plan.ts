import {countingOf} from '../adapters/balancer/abilities.ts'
import type {Problem} from '../core/base/failure.ts'
import {ok, type Result} from '../core/base/result.ts'
import type {DurationMs} from '../core/base/units.ts'
import {withGates} from '../core/plan/gates.ts'
import type {NoPlan, Plan} from '../core/plan/plan.ts'
import {plan as planned} from '../core/plan/planner.ts'
import type {Config} from '../core/config/config.ts'
import type {MaybeState, Question, ServiceName} from '../core/graph/system.ts'
import {type Talk, talksOf} from '../core/plan/talks.ts'
import {foreseen} from '../core/rollout/foreseen.ts'
import {type TakenBack, triedAgain} from '../core/rollout/taken-back.ts'
import {badStates} from '../engine/memory.ts'
import type {Where} from './config.ts'
import {type AskedOf, pose, type Posed} from './question.ts'
import {withRecord} from './record.ts'
import {type LoadedSystem, loadSystemIn} from './system.ts'

/** What a plan is asked to be. */
export interface PlanAsked extends Where, AskedOf {
  readonly timeLimitMs: DurationMs
}

/** A plan or why there is none, and what was odd on the way. */
export interface Planned {
  readonly plan: Plan | NoPlan
  readonly warnings: readonly Problem[]
  /** What the plan would try again although it was taken back before. */
  readonly bad: readonly TakenBack[]
  /** What runs of services that there is no record of, by its labels. */
  readonly found: ReadonlyMap<ServiceName, MaybeState>
  /** What services say to each other meanwhile; worked out only where somebody wants to see it. */
  readonly talks: () => readonly Talk[]
}

/** Plans from what runs to what should. */
export async function plan(asked: PlanAsked): Promise<Result<Planned>> {
  const loaded = await loadSystemIn(asked, asked.env)
  if (!loaded.ok) return loaded
  const posed = await pose(loaded.value, asked)
  if (!posed.ok) return posed
  const found = answer(posed.value.question, asked.timeLimitMs)
  const bad = await badIn(loaded.value.config, found)
  if (!bad.ok) return bad
  const warnings = warningsOn(loaded.value, posed.value, found)
  const {system, current} = posed.value.question
  const talks = () => (found.steps === null ? [] : talksOf(system, found, current))
  return ok({plan: gated(found, posed.value), warnings, bad: bad.value, found: posed.value.found, talks})
}

/** What is odd about the system, and what the balancer can never tell of what the plan moves. */
export function warningsOn({source, warnings}: LoadedSystem, {environment}: Posed, {steps}: Plan | NoPlan): Problem[] {
  const moved = new Set((steps ?? []).map(({service}) => service))
  return [...warnings, ...foreseen([environment], source, countingOf, service => moved.has(service))]
}

/** With the gates of the configuration before each step. */
export function gated(plan: Plan, posed: Posed): Plan
export function gated(plan: Plan | NoPlan, posed: Posed): Plan | NoPlan
export function gated(plan: Plan | NoPlan, {environment}: Posed): Plan | NoPlan {
  return plan.steps === null ? plan : withGates(plan, environment)
}

/** What a plan would try again although it was taken back before. */
export async function badIn(config: Config, made: Plan | NoPlan): Promise<Result<readonly TakenBack[]>> {
  if (made.steps === null) return ok([])
  const bad = await withRecord(config, state => badStates(state, made.environment))
  return bad.ok ? ok(triedAgain(made, bad.value)) : bad
}

/** The planner with the machine's clock. */
export function answer(question: Question, timeLimitMs: DurationMs): Plan | NoPlan {
  return planned(question, {timeLimitMs, now: () => performance.now()})
}
