import {ok, type Result} from '../core/base/result.ts'
import {neighboursOf} from '../core/graph/edges.ts'
import type {ServiceName} from '../core/graph/system.ts'
import type {Plan} from '../core/plan/plan.ts'
import {touchedBy} from '../engine/claim.ts'
import {unfinished} from '../engine/unfinished.ts'
import type {Emit} from '../ports/emit.ts'
import type {Applied} from './applied.ts'
import {apply, type ApplyOptions} from './apply.ts'
import {goneIn} from './bring-up.ts'
import {pose} from './question.ts'
import {withRecord} from './record.ts'
import type {WhereIn} from './rollouts.ts'
import {loadSystemIn} from './system.ts'

/** Carries out what has to run before a rollout can go on. */
export interface StartingAgain {
  readonly plan: Plan
  readonly carry: (options: ApplyOptions, emit: Emit) => Promise<Result<Applied>>
}

/**
 * What ran before a rollout was left, and of which nothing runs any more, as after a restart of the machine: of the services
 * that it moves, and of those that share a contract with them. Undefined where all of it runs, where what is to run is not
 * known, and where a step has come too far to begin again.
 */
export async function gone(where: WhereIn, rollout: Plan): Promise<Result<StartingAgain | undefined>> {
  const loaded = await loadSystemIn(where, where.env)
  if (!loaded.ok) return loaded
  const {config, assembled} = loaded.value
  const posed = await pose(loaded.value, {env: where.env})
  if (!posed.ok) return ok(undefined)
  const plan = await goneIn(config, posed.value.environment, posed.value.question)
  // A runtime that gives no answer is for the rollout to deal with: the traffic can be put back without it.
  if (!plan.ok || plan.value === undefined) return ok(undefined)
  const neighbours = neighboursOf(assembled.system)
  const first = partOf(plan.value, new Set(touchedBy({neighbours}, rollout).touches))
  if (first.steps.length === 0) return ok(undefined)
  const refused = await withRecord(config, state => unfinished({state, neighbours}, first))
  if (refused) return ok(undefined)
  return ok({
    plan: first,
    carry: (options, emit) => apply({loaded: loaded.value, posed: posed.value}, first, options, emit),
  })
}

function partOf(plan: Plan, services: ReadonlySet<ServiceName>): Plan {
  const steps = plan.steps.filter(({service}) => services.has(service))
  const ids = new Set(steps.map(({id}) => id))
  return {...plan, steps: steps.map(step => ({...step, after: step.after.filter(id => ids.has(id))}))}
}
