import type {Step} from '../core/plan/plan.ts'
import type {Course} from '../core/rollout/course.ts'
import {sameAct} from '../core/rollout/course.ts'
import type {Act, Entry} from '../core/rollout/record.ts'
import {underWay} from '../core/rollout/schedule.ts'
import {isEarlierRun, lastActor} from '../core/rollout/actor.ts'
import {within} from './guard.ts'
import type {Session} from './session.ts'

const READ_MS = 10_000

/**
 * Steps in whose middle everything of their service was ended, as by a restart of the machine: what they came from runs
 * again, started by a later rollout, and nothing of what they were bringing lives. That is no verdict on the release, so
 * they begin again, with their first act. What their hooks have done stands. Where they came from nothing, it is the
 * record that tells of the restart: whoever was at them last was of an earlier run of this machine.
 * @param before what was on record when this process came
 */
export async function renew(
  session: Session,
  before: readonly Entry[],
  courseFor: (step: Step) => Course,
): Promise<void> {
  const {journal, plan, renewed, options} = session
  for (const step of underWay(plan, journal.state())) {
    const course = courseFor(step)
    const first = course.forward.find(({do: kind}) => kind !== 'hook')
    const present = presentAct(session, step)
    const isOfEarlierRun = isEarlierRun(lastActor(before, step.id), options.who)
    if (!first || !present || !(await wasEnded(session, course, isOfEarlierRun))) continue
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

async function wasEnded(
  {deps, id}: Session,
  {service, current, next}: Course,
  isOfEarlierRun: boolean,
): Promise<boolean> {
  const there = await within(deps.clock, {what: `what runs of ${service}`, code: 'runtime-failed', ms: READ_MS}, () =>
    deps.runtime.read(service),
  )
  if (!there.ok) return false
  const alive = there.value.filter(({health}) => health !== 'exited')
  if (current === null) return isOfEarlierRun && alive.length === 0
  const before = alive.filter(({pool}) => pool === current)
  const isStartedAnew = before.length > 0 && before.every(({rollout}) => rollout > id)
  return isStartedAnew && (current === next || !alive.some(({pool}) => pool === next))
}
