import {failure, type Problem} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {Wanted} from '../core/config/config.ts'
import {stateOf} from '../core/graph/resolve.ts'
import {lastStateOf} from '../core/graph/states.ts'
import type {Question, ServiceName} from '../core/graph/system.ts'
import type {NoPlan, Plan, Step, StepId} from '../core/plan/plan.ts'
import {answer, type PlanAsked} from './plan.ts'
import {pose} from './question.ts'
import {loadSystemIn} from './system.ts'

/** Which release is asked about. */
export interface CheckAsked extends Omit<PlanAsked, 'to'> {
  readonly service: ServiceName
  readonly wanted: Wanted
}

/** Whether a release may go into the environment, as things stand. */
export interface Checked {
  readonly environment: string
  /** The way in, moving that service alone; or what stands against it. */
  readonly plan: Plan | NoPlan
  /** Steps that have to be done before the last one of this service, in order; empty where none would help. */
  readonly first: readonly Step[]
  readonly warnings: readonly Problem[]
}

/** Plans for one service alone: everything else stays where it is. */
export async function check(asked: CheckAsked): Promise<Result<Checked>> {
  const loaded = await loadSystemIn(asked, asked.env)
  if (!loaded.ok) return loaded
  const {service, wanted} = asked
  const meant = stateOf(loaded.value.assembled, service, wanted)
  if ('wrong' in meant) return fail(failure('not-found', {message: meant.wrong, ...(meant.hint && {hint: meant.hint})}))
  const posed = await pose(loaded.value, {...asked, to: new Map([[service, wanted]])})
  if (!posed.ok) return posed
  const {environment, question} = posed.value
  const alone = {...question, target: new Map([[service, question.target.get(service) ?? null]])}
  const plan = answer(alone, asked.timeLimitMs)
  const first = plan.steps === null ? firstSteps(alone, service, plan, asked.timeLimitMs) : []
  return ok({environment: environment.name, plan, first, warnings: loaded.value.warnings})
}

/** Lets the neighbours move that the planner suggests, one if that is enough, and sees what of them comes first. */
function firstSteps(
  alone: Question,
  service: ServiceName,
  {suggestions}: NoPlan,
  timeLimitMs: number,
): readonly Step[] {
  const moves = suggestions.flatMap(({kind, service: name, release}) => {
    const known = alone.system.services.get(name)?.releases.find(({version}) => version === release)
    return kind === 'move' && known ? [[name, lastStateOf(known)] as const] : []
  })
  for (const some of [moves.slice(0, 1), moves]) {
    const joint = answer({...alone, target: new Map([...alone.target, ...some])}, timeLimitMs)
    if (joint.steps !== null && some.length > 0) return before(joint, service)
  }
  return []
}

/** Every step that some step of the service waits for, directly or through others; its own on the way are among them. */
function before({steps}: Plan, service: ServiceName): readonly Step[] {
  const awaited = new Set<StepId>()
  for (const step of [...steps].reverse()) {
    if (step.service === service || awaited.has(step.id)) for (const id of step.after) awaited.add(id)
  }
  return steps.filter(({id}) => awaited.has(id))
}
