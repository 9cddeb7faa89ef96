import type {Step} from '../core/plan/plan.ts'
import type {Course} from '../core/rollout/course.ts'
import {sameAct} from '../core/rollout/course.ts'
import type {Act} from '../core/rollout/record.ts'
import {underWay} from '../core/rollout/schedule.ts'
import {within} from './guard.ts'
import type {Session} from './session.ts'

const READ_MS = 10_000

/**
 * Steps in whose middle everything of their service was ended, as by a restart of the machine: what they came from runs
 * again, started by a later rollout, and nothing of what they were bringing lives. That is no verdict on the release, so
 * they begin again, with their first act. What their hooks have done stands.
 */
export async function renew(session: Session, courseFor: (step: Step) => Course): Promise<void> {
  const {journal, plan, renewed} = session
  for (const step of underWay(plan, journal.state())) {
    const course = courseFor(step)
    const first = course.forward.find(({do: kind}) => kind !== 'hook')
    const present = presentAct(session, step)
    if (!first || !present || !(await wasEnded(session, course))) continue
    renewed.add(step.id)
    if (!sameAct(first, present)) await journal.append([{code: 'act-intended', step: step.id, act: first}])
  }
}

/** What is being done on the way forward, or was done last; a hook is gone on with as it stands. */
function presentAct({journal}: Session, {id}: Step): Act | undefined {
  const state = journal.state().steps.get(id)?.state
  if (state?.is !== 'acting' && state?.is !== 'holding') return undefined
  return state.act.do === 'hook' ? undefined : state.act
}

async function wasEnded({deps, id}: Session, {service, current, next}: Course): Promise<boolean> {
  const there = await within(deps.clock, {what: `what runs of ${service}`, code: 'runtime-failed', ms: READ_MS}, () =>
    deps.runtime.read(service),
  )
  if (!there.ok) return false
  const alive = there.value.filter(({health}) => health !== 'exited')
  const before = alive.filter(({pool}) => pool === current)
  const isStartedAnew = before.length > 0 && before.every(({rollout}) => rollout > id)
  return isStartedAnew && (current === next || !alive.some(({pool}) => pool === next))
}
