import {randomBytes} from 'node:crypto'
import {whoAmI} from '../adapters/holders.ts'
import {failure, type Problem} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {MaybeState, Question, ServiceName} from '../core/graph/system.ts'
import {sameState, stateText} from '../core/graph/states.ts'
import {check} from '../core/plan/check.ts'
import {fingerprintOf} from '../core/plan/fingerprint.ts'
import type {NoPlan, Plan} from '../core/plan/plan.ts'
import type {TakenBack} from '../core/rollout/taken-back.ts'
import {beginning} from '../engine/beginning.ts'
import {type Options, run} from '../engine/rollout.ts'
import type {Emit} from '../ports/emit.ts'
import {type Applied, applied} from './applied.ts'
import {goneIn} from './bring-up.ts'
import {loadKept} from './kept.ts'
import {type OpenRollout, openRollout} from './open-rollout.ts'
import {answer, badIn, gated, type PlanAsked, warningsOn} from './plan.ts'
import {pose, type Posed} from './question.ts'
import {notifying} from './notify.ts'
import {withRecord} from './record.ts'
import {type LoadedSystem, loadSystemIn} from './system.ts'
import {depsFor} from './world.ts'

export interface ApplyAsked extends PlanAsked {
  /** A kept plan; without it, a new one is made. */
  readonly file?: string | undefined
}

/** What is about to be done, for a person to agree to. */
export interface Prepared {
  readonly loaded: LoadedSystem
  readonly posed: Posed
  readonly plan: Plan | NoPlan
  /**
   * Starts what `current` says and nobody has started yet: a plan of its own, carried out first. Absent where nothing
   * has to be.
   */
  readonly first?: Plan
  readonly warnings: readonly Problem[]
  /** What the plan would try again although it was taken back before. */
  readonly bad: readonly TakenBack[]
  /** An earlier rollout of the same services that has not come to its end. */
  readonly open?: OpenRollout
}

/** How a rollout is carried out; see the engine's options. */
export type ApplyOptions = Omit<Options, 'who'>

/** The plan to carry out, checked against what runs. Nothing is done yet. */
export async function prepare(asked: ApplyAsked): Promise<Result<Prepared>> {
  const kept = asked.file === undefined ? ok(undefined) : await loadKept(asked.file)
  if (!kept.ok) return kept
  const env = kept.value?.environment ?? asked.env
  const loaded = await loadSystemIn(asked, env)
  if (!loaded.ok) return loaded
  const posed = await pose(loaded.value, {...asked, env})
  if (!posed.ok) return posed
  const {question} = posed.value
  const plan = kept.value ? fitting(kept.value, question) : ok(answer(question, asked.timeLimitMs))
  if (!plan.ok) return plan
  const first = await firstOf(loaded.value, posed.value, plan.value)
  if (!first.ok) return first
  const bad = await badIn(loaded.value.config, plan.value)
  if (!bad.ok) return bad
  const made = plan.value
  const open =
    made.steps === null
      ? ok(undefined)
      : await withRecord(loaded.value.config, state => openRollout(state, question, made))
  if (!open.ok) return open
  return ok({
    loaded: loaded.value,
    posed: posed.value,
    plan: gated(plan.value, posed.value),
    ...(first.value && {first: first.value}),
    warnings: warningsOn(loaded.value, posed.value, plan.value),
    bad: bad.value,
    ...(open.value && {open: open.value}),
  })
}

/** Carries a plan out, and answers with its record. */
export async function apply(
  {loaded, posed}: Pick<Prepared, 'loaded' | 'posed'>,
  plan: Plan,
  options: ApplyOptions,
  emit: Emit,
): Promise<Result<Applied>> {
  const carried = (told: Emit) =>
    withRecord(loaded.config, async state => {
      const deps = await depsFor(loaded, posed.environment, state, told)
      if (!deps.ok) return deps
      const at = await beginning(deps.value, plan.environment)
      if (!at.ok) return at
      const id = rolloutId(new Date(at.value))
      const outcome = await run(deps.value, plan, id, {...options, who: whoAmI()})
      return outcome.ok ? applied(state, plan.environment, outcome.value) : outcome
    })
  return notifying(loaded.config, plan.environment, emit, carried)
}

/** Sorts by its beginning, and two that begin in the same millisecond differ. */
export function rolloutId(now: Date): string {
  return `${now.toISOString().replace(/[-:.]/g, '').toLowerCase()}-${randomBytes(3).toString('hex')}`
}

/** A kept plan is carried out only where today's facts are those it was made from, and the checker agrees once more. */
function fitting(plan: Plan, question: Question): Result<Plan> {
  const ends = new Map<ServiceName, MaybeState>(plan.steps.map(({service, to}) => [service, to]))
  const today: Question = {...question, target: ends}
  if (fingerprintOf(today, plan.steps) === plan.fingerprint) {
    const wrong = check(today, plan)
    if (wrong.length === 0) return ok(plan)
    const message = `the plan is not safe: ${wrong.join('; ')}`
    return fail(
      failure('plan-invalid', {message, hint: 'was the file changed by hand? make it again with `sluice plan --out`'}),
    )
  }
  const moved = [...startsOf(plan)].filter(([service, from]) => !sameState(from, question.current.get(service) ?? null))
  const said = moved.map(
    ([service, from]) =>
      `${service}: planned from ${stateText(from)}, now ${stateText(question.current.get(service) ?? null)}`,
  )
  const message =
    said.length > 0
      ? said.join('; ')
      : 'what the releases say of their contracts has changed since, or another service has moved'
  return fail(failure('plan-stale', {message: `the plan no longer fits what runs: ${message}`, hint: 'plan again'}))
}

function startsOf(plan: Plan): ReadonlyMap<ServiceName, MaybeState> {
  const starts = new Map<ServiceName, MaybeState>()
  for (const {service, from} of plan.steps) if (!starts.has(service)) starts.set(service, from)
  return starts
}

/** What has to be started before anything can be moved; see {@link bringUp}. */
async function firstOf(
  {config}: LoadedSystem,
  {environment, question}: Posed,
  plan: Plan | NoPlan,
): Promise<Result<Plan | undefined>> {
  if (plan.steps === null) return ok(undefined)
  return goneIn(config, environment, question)
}
