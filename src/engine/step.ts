import {bug, unreachable} from '../core/base/bug.ts'
import type {Step} from '../core/plan/plan.ts'
import type {Course} from '../core/rollout/course.ts'
import type {Decision} from '../core/rollout/decide.ts'
import {decide, isHurried} from '../core/rollout/decide.ts'
import type {Act, StepRecord} from '../core/rollout/record.ts'
import type {Seen} from '../core/rollout/seen.ts'
import type {StepState} from '../core/rollout/step-state.ts'
import {isStuck} from '../core/rollout/schedule.ts'
import {isOver} from '../core/rollout/step-state.ts'
import type {Settled} from '../ports/state.ts'
import {runHook} from './hook.ts'
import type {FreshLook, Sight} from './observe.ts'
import {freshly, observer} from './observe.ts'
import {isBeingStarted, POLL_MS, untilNextLook} from './pace.ts'
import {perform} from './perform.ts'
import {reporter} from './progress.ts'
import {callersIn, seeing} from './seeing.ts'
import type {Session} from './session.ts'
import {isLeaving} from './session.ts'
import type {Stay} from './stay.ts'
import {enter} from './stay.ts'

/**
 * Carries one step on from wherever its records leave it, until it is over or this process has to leave it.
 * @param isOwn this process has begun it; else it was found under way
 */
export async function carryOut(session: Session, step: Step, course: Course, isOwn: boolean): Promise<void> {
  const fresh = freshly(session.deps.clock, observer(session, course))
  const report = reporter(session, course)
  for (let stay: Stay | undefined; ; ) {
    const state = session.journal.state().steps.get(step.id)?.state ?? bug(`no step ${step.id}`)
    if (stay?.state !== state) {
      stay?.watch.end()
      if (isOver(state)) return
      stay = await enter(session, step, course, state, isOwn || stay !== undefined)
    }
    if (!(await advance(session, step, course, stay, fresh, report))) return stay.watch.end()
  }
}

/** One look, one decision, one act. False where this process is to leave the step as it is. */
async function advance(
  session: Session,
  step: Step,
  course: Course,
  stay: Stay,
  fresh: FreshLook,
  report: (stay: Stay, seen: Seen) => void,
): Promise<boolean> {
  const sight = {...(await fresh.look(isHurried(stay.state))), ...(await callersIn(session, course, stay))}
  if (session.journal.broken()) return false
  const seen = seeing(session, step, course, stay, sight)
  report(stay, seen)
  const decision = decide(course, stay.state, seen)
  if (isLeaving(session) && maySafelyLeave(stay.state, decision)) return false
  if (decision.do === 'wait' && isLeftToPerson(session)) return false
  if (decision.do !== 'record') fresh.forget()
  return follow(session, step, course, stay, sight, decision)
}

/** Nobody is there to wait for a verdict, and nothing else is under way that would need this process. */
function isLeftToPerson({options, plan, journal}: Session): boolean {
  return !options.wait && isStuck(plan, journal.state())
}

/** Every state is safe to stay in but one: traffic on a `next` that is known to be bad. */
function maySafelyLeave(state: StepState, decision: Decision): boolean {
  // A hook that was intended is run, since whoever comes next could not know that it was not.
  if (decision.do === 'record' || (decision.do === 'call' && decision.act.do === 'hook')) return false
  if (state.is !== 'returning') return true
  return state.act.do !== 'attach' && state.act.do !== 'route'
}

async function follow(
  session: Session,
  step: Step,
  course: Course,
  stay: Stay,
  sight: Sight,
  decision: Decision,
): Promise<boolean> {
  const {clock} = session.deps
  switch (decision.do) {
    case 'nothing':
      return false
    case 'record':
      return session.journal.append(decision.records, settledBy(session, step, course, decision.records))
    case 'call':
      if (isBeingStarted(session, stay, decision.act)) await clock.sleep(untilNextLook(course, stay))
      else if (await session.holder.mayAct()) await call(session, step, course, stay, sight, decision.act)
      else await clock.sleep(POLL_MS)
      return true
    case 'wait':
      await clock.sleep(untilNextLook(course, stay))
      return true
    default:
      return unreachable(decision)
  }
}

/** What the world shows is looked at right after the first try; every further one is given time. */
async function call(session: Session, step: Step, course: Course, stay: Stay, sight: Sight, act: Act): Promise<void> {
  const {clock, emit} = session.deps
  if (act.do === 'hook') return void (stay.hook = await runHook(session, step, course, act.hook))
  const done = await perform(act, {session, step, course, sight, ...(stay.prepared && {prepared: stay.prepared})})
  stay.calledAt = clock.monotonic()
  if (done.ok) {
    delete stay.refused
    if (act.do === 'switch') stay.switched = true
    if (stay.tries++ > 0 && act.do !== 'start') await clock.sleep(POLL_MS)
    return
  }
  stay.refused = done.failure
  if (act.do === 'switch' || act.do === 'start') stay.fatal = done.failure
  emit({
    at: clock.now(),
    rollout: session.id,
    code: 'call-failed',
    step: step.id,
    what: act.do,
    message: done.failure.message,
  })
  await clock.sleep(POLL_MS)
}

/** Where the service stands from now on, kept in the same transaction as the record that says so. */
function settledBy(session: Session, step: Step, course: Course, records: readonly StepRecord[]): readonly Settled[] {
  if (!records.some(({code}) => code === 'step-succeeded')) return []
  session.carriers.set(step.service, {state: step.to, pool: course.next})
  return [{service: step.service, state: step.to, pool: course.next}]
}
