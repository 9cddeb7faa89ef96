import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import {check} from '../core/plan/check.ts'
import {fingerprintOf} from '../core/plan/fingerprint.ts'
import {gatesOf} from '../core/plan/gates.ts'
import type {Plan, Step} from '../core/plan/plan.ts'
import {hasEnded, stateOf} from '../core/rollout/rollout-state.ts'
import {backwards, type Undo, undoOf} from '../core/rollout/undo.ts'
import {doneIn} from '../engine/undo.ts'
import type {MaybeState, Question, ServiceName} from '../core/graph/system.ts'
import type {Rollout} from '../ports/state.ts'
import type {Prepared} from './apply.ts'
import {pose} from './question.ts'
import type {WhereIn} from './rollouts.ts'
import {withRecord} from './record.ts'
import {loadSystemIn} from './system.ts'

/** How a rollout would be taken back, for a person to agree to. */
export interface Undoing extends Pick<Prepared, 'loaded' | 'posed'> {
  readonly plan: Plan
  /** The rollout that goes back. */
  readonly undoes: string
  /** Steps that stay done. */
  readonly stays: readonly Step[]
}

/** The way back of a finished rollout, checked against what runs. Nothing is done yet. */
export async function prepareUndo(where: WhereIn, id: string): Promise<Result<Undoing>> {
  const loaded = await loadSystemIn(where, where.env)
  if (!loaded.ok) return loaded
  const posed = await pose(loaded.value, {env: where.env})
  if (!posed.ok) return posed
  const {question, environment} = posed.value
  const rollout = await withRecord(loaded.value.config, state => state.load(environment.name, id))
  if (!rollout.ok) return rollout
  const refused = unsuited(rollout.value)
  if (refused) return fail(refused)
  const way = wayBack(rollout.value, question)
  const plan = planOf(way, question)
  const wrong = wrongWith(plan, question)
  if (wrong.length > 0) return fail(barred(rollout.value.id, wrong))
  return ok({loaded: loaded.value, posed: posed.value, plan, undoes: rollout.value.id, stays: way.stays})
}

function unsuited({id, plan, entries}: Rollout) {
  const state = stateOf(plan, entries)
  if (!hasEnded(state)) {
    const hint = `\`sluice rollout abort ${id}\` takes back what is under way and ends it`
    return failure('usage', {message: `rollout ${id} has not ended: ${state.phase}`, hint})
  }
  if (state.undoes === undefined) return undefined
  const hint = 'go forward again with `sluice apply`'
  return failure('usage', {message: `rollout ${id} is an undo itself, of ${state.undoes}`, hint})
}

function wayBack({plan, entries}: Rollout, {system}: Question): Undo {
  const done = doneIn(plan, stateOf(plan, entries))
  return undoOf(plan, done, done, (service, from, to) => {
    const known = system.services.get(service)
    return known ? gatesOf(known, from, to) : []
  })
}

function planOf({steps}: Undo, question: Question): Plan {
  const {system, environment} = question
  const fingerprint = fingerprintOf(question, steps)
  return {sluicePlan: 1, system: system.name, environment, fingerprint, optimal: true, steps}
}

/** What speaks against it: a service that has moved on since, or what the checker finds. */
function wrongWith(plan: Plan, question: Question): readonly string[] {
  const target = new Map<ServiceName, MaybeState>(plan.steps.map(({service, to}) => [service, to]))
  return plan.steps.length === 0 ? [] : check({...question, system: backwards(question.system), target}, plan)
}

function barred(id: string, wrong: readonly string[]) {
  return failure('plan-stale', {
    message: `rollout ${id} cannot be taken back from what runs now: ${wrong.join('; ')}`,
    hint: 'plan the way back with `sluice plan --to SERVICE=VERSION`',
  })
}
