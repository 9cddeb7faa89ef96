import {bug} from '../core/base/bug.ts'
import {failure} from '../core/base/failure.ts'
import {policyOf} from '../core/rollout/policy.ts'
import type {Standing} from '../core/rollout/schedule.ts'
import {standing} from '../core/rollout/schedule.ts'
import type {Outcome} from './outcome.ts'
import type {Session} from './session.ts'
import {isLeaving} from './session.ts'
import {undoPlan} from './undo.ts'

/** Writes down how it stands, and says it. */
export async function conclude(session: Session): Promise<Outcome> {
  const {id: rollout, journal, plan} = session
  const broken = journal.broken()
  if (broken) return {rollout, state: 'halted', failure: broken}
  const stands = standing(plan, journal.state())
  const outcome = outcomeOf(session, stands)
  if (outcome.state === 'succeeded') await journal.append([{code: 'rollout-ended', as: 'succeeded'}])
  else if (outcome.state === 'failed' || outcome.state === 'aborted') {
    const undo = undoAfter(session)
    await journal.append([{code: 'rollout-ended', as: outcome.state, failure: outcome.failure, ...(undo && {undo})}])
  } else await journal.append([{code: 'rollout-rests', as: outcome.state, why: outcome.failure}])
  const late = journal.broken()
  return late ? {rollout, state: 'halted', failure: late} : outcome
}

/** What else is to go back; undefined where nothing is, or nothing can. */
function undoAfter({deps, plan, journal}: Session): 'wave' | 'plan' | undefined {
  const policy = policyOf(plan, journal.state(), deps)
  if (policy === 'halt') return undefined
  const extent = policy === 'undo-plan' ? 'plan' : 'wave'
  return undoPlan(plan, journal.state(), extent).steps.length > 0 ? extent : undefined
}

function outcomeOf(session: Session, stands: Standing): Outcome {
  const rollout = session.id
  if (stands.is === 'succeeded') return {rollout, state: 'succeeded'}
  const {is, why} = stands
  if (is === 'unfinished' || (is === 'waiting' && isLeaving(session))) return paused(session, rollout)
  return {rollout, state: is, failure: why}
}

function paused(session: Session, rollout: string): Outcome {
  if (!isLeaving(session)) bug('steps were left under way, and nobody asked for it')
  const hint = 'go on with `sluice rollout resume`'
  const {paused: request} = session.journal.state()
  const by = request
    ? `paused by ${request.by.name}${request.reason ? `: ${request.reason}` : ''}`
    : 'paused on request'
  return {rollout, state: 'paused', failure: failure('waiting', {message: by, hint})}
}
