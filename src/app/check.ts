import {failure, type Problem} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {Wanted} from '../core/config/config.ts'
import {didYouMean} from '../core/config/shape/nearest.ts'
import type {ServiceName} from '../core/graph/system.ts'
import type {NoPlan, Plan} from '../core/plan/plan.ts'
import {answer, type PlanAsked} from './plan.ts'
import {pose} from './question.ts'
import {loadSystem} from './system.ts'

/** Which release is asked about. */
export interface CheckAsked extends Omit<PlanAsked, 'to'> {
  readonly service: ServiceName
  readonly wanted: Wanted
}

/** Whether a release may go into the environment, as things stand. */
export interface Checked {
  readonly environment: string
  /** The way in, moving that service alone; or what stands against it, and what would have to go first. */
  readonly plan: Plan | NoPlan
  readonly warnings: readonly Problem[]
}

/** Plans for one service alone: everything else stays where it is. */
export async function check(asked: CheckAsked): Promise<Result<Checked>> {
  const loaded = await loadSystem(asked)
  if (!loaded.ok) return loaded
  const {service, wanted} = asked
  const known = [...loaded.value.config.services.keys()]
  if (!known.includes(service)) {
    const hint = didYouMean(service, known, 'services')
    return fail(failure('not-found', {message: `there is no service ${JSON.stringify(service)}`, ...(hint && {hint})}))
  }
  const posed = await pose(loaded.value, {...asked, to: new Map([[service, wanted]])})
  if (!posed.ok) return posed
  const {environment, question} = posed.value
  const alone = {...question, target: new Map([[service, question.target.get(service) ?? null]])}
  return ok({environment: environment.name, plan: answer(alone, asked.timeLimitMs), warnings: loaded.value.warnings})
}
