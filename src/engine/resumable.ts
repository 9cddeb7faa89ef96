import type {Failure} from '../core/base/failure.ts'
import {failure} from '../core/base/failure.ts'
import {refusal} from '../core/rollout/hear.ts'
import type {Wish} from '../core/rollout/request.ts'
import {hasEnded, stateOf} from '../core/rollout/rollout-state.ts'
import type {Rollout} from '../ports/state.ts'
import type {Deps, Options} from './deps.ts'
import {stale} from './stale.ts'
import {undoIdOf} from './undo.ts'

/** Why nobody may go on with it: it has ended and nobody wants a step of it again, or the world has moved on. */
export async function unresumable(deps: Deps, rollout: Rollout, options: Options): Promise<Failure | undefined> {
  const {environment, id, plan, entries} = rollout
  const state = stateOf(plan, entries)
  const asked = await deps.state.asked(environment, id)
  if (!asked.ok) return asked.failure
  const wishes = asked.value.filter(request => !state.heard.has(request.id) && !refusal(plan, state, request, false))
  const wants = (what: Wish['do']) => wishes.some(({wish}) => wish.do === what)
  if (hasEnded(state) && !wants('retry')) return ended(id, state.phase)
  // The way back is open to the past, too.
  return state.aborting || options.abort?.aborted || wants('abort') ? undefined : stale(deps, rollout)
}

/** Why it failed, where it has ended and what was to go back with it has not done so yet. */
export async function owedIn({state}: Deps, {environment, id, plan, entries}: Rollout): Promise<Failure | undefined> {
  const {undo, why} = stateOf(plan, entries)
  if (undo === undefined) return undefined
  const begun = await state.load(environment, undoIdOf(id))
  if (!begun.ok) return begun.failure.code === 'not-found' ? why : undefined
  return hasEnded(stateOf(begun.value.plan, begun.value.entries)) ? undefined : why
}

function ended(id: string, phase: string): Failure {
  return failure('usage', {
    message: `rollout ${id} has ended: ${phase}`,
    hint: 'a new one is begun by `sluice apply`; a step that was taken back is tried again by `sluice rollout retry`',
  })
}
