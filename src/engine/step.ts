import {bug, unreachable} from '../core/base/bug.ts'
import type {Failure} from '../core/base/failure.ts'
import type {Result} from '../core/base/result.ts'
import type {DurationMs} from '../core/base/units.ts'
import type {State} from '../core/graph/system.ts'
import type {Step} from '../core/plan/plan.ts'
import type {Course} from '../core/rollout/course.ts'
import type {Decision} from '../core/rollout/decide.ts'
import {decide} from '../core/rollout/decide.ts'
import {servingOf} from '../core/rollout/reach.ts'
import type {Act, StepRecord} from '../core/rollout/record.ts'
import type {HookEnded, Seen} from '../core/rollout/seen.ts'
import type {StepState} from '../core/rollout/step-state.ts'
import {isStuck} from '../core/rollout/schedule.ts'
import {isOver} from '../core/rollout/step-state.ts'
import type {Prepared} from '../ports/releases.ts'
import type {Settled} from '../ports/state.ts'
import {callersOf} from './facts.ts'
import {within} from './guard.ts'
import {runHook, toldOf} from './hook.ts'
import type {FreshLook, Sight} from './observe.ts'
import {freshly, observer} from './observe.ts'
import {perform} from './perform.ts'
import {reporter} from './progress.ts'
import type {Session} from './session.ts'
import {abortOf, isLeaving, isPaused} from './session.ts'
import type {Watch} from './watch.ts'
import {watch} from './watch.ts'

/** How often the world is looked at. A bad answer of `next` is noticed this soon, and a call that failed made again. */
export const POLL_MS: DurationMs = 250

/** While something starts, it is looked for this soon at first, and then every so many times it has taken already. */
const SOON_MS: DurationMs = 50
const PER_START = 4

/** A gap between two looks counts as watched up to this: what happened in a longer one, nobody has seen. */
const LONGEST_LOOK_MS: DurationMs = 2000

const PREPARE_MS: DurationMs = 600_000
const EVERY_MS: DurationMs = 1000
const ASK_MS: DurationMs = 2000

/** What is waived to go on where checks come to no verdict. */
const INCONCLUSIVE = 'inconclusive'

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

/** The time spent in one state, and what was learnt in it. */
interface Stay {
  readonly state: StepState
  readonly watch: Watch
  /** What is intended in it, this process has intended. */
  readonly isOwn: boolean
  /** How often the act was done and not seen to have come about. */
  tries: number
  /** When it was last done. */
  calledAt: DurationMs
  watchedMs: DurationMs
  lookedAt: DurationMs
  prepared?: Prepared
  refused?: Failure
  fatal?: Failure
  switched?: boolean
  hook?: HookEnded
  callers?: {readonly callers: readonly string[]; readonly at: DurationMs}
}

async function enter(session: Session, step: Step, course: Course, state: StepState, isOwn: boolean): Promise<Stay> {
  const next: State = step.to ?? step.from ?? bug(`${step.id} moves nothing`)
  const {clock} = session.deps
  const prepared = await prepare(session, step, state)
  return {
    state,
    watch: watch(session, course, next, state),
    isOwn,
    tries: 0,
    calledAt: -Infinity,
    watchedMs: 0,
    lookedAt: clock.monotonic(),
    ...(prepared?.ok && {prepared: prepared.value}),
    ...(prepared && !prepared.ok && {fatal: prepared.failure}),
  }
}

/**
 * Files and images are made ready before the clock of the start begins to tick, since a big repository takes what it
 * takes.
 */
async function prepare({deps, id}: Session, step: Step, state: StepState): Promise<Result<Prepared> | undefined> {
  const needed = state.is === 'acting' && (state.act.do === 'start' || state.act.do === 'switch')
  if (!needed || step.to === null) return undefined
  const {service, to} = step
  return within(
    deps.clock,
    {what: `make ${service} ${to.release} ready`, code: 'repository-failed', ms: PREPARE_MS},
    async () => {
      const prepared = await deps.releases.prepare(service, to)
      if (!prepared.ok || !deps.runtime.prepare || state.act.do !== 'start') return prepared
      const {run} = prepared.value
      const tell = seldom(deps, message =>
        deps.emit({at: deps.clock.now(), rollout: id, code: 'preparing', step: step.id, message}),
      )
      const ready = await deps.runtime.prepare({service, state: to, run}, tell)
      return ready.ok ? prepared : ready
    },
  )
}

/** Not more often than people can read it. */
function seldom({clock}: Session['deps'], tell: (message: string) => void): (message: string) => void {
  let toldAt = -Infinity
  return message => {
    if (clock.monotonic() - toldAt < EVERY_MS) return
    toldAt = clock.monotonic()
    tell(message)
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
  const sight = {...(await fresh.look()), ...(await callersIn(session, course, stay))}
  if (session.journal.broken()) return false
  const seen = seeing(session, step, course, stay, sight)
  report(stay, seen)
  const decision = decide(course, stay.state, seen)
  if (isLeaving(session) && maySafelyLeave(stay.state, decision)) return false
  if (decision.do === 'wait' && isLeftToPerson(session)) return false
  if (decision.do !== 'record') fresh.forget()
  return follow(session, step, course, stay, sight, decision)
}

/** Who calls what is browned out: asked now and then, and again where it is about to be said. */
async function callersIn(session: Session, course: Course, stay: Stay): Promise<Pick<Sight, 'callers'>> {
  const {state} = stay
  if (state.is !== 'holding' || state.act.do !== 'brownout') return {}
  const {deps} = session
  const now = deps.clock.monotonic()
  const isAwaited = abortOf(session) !== undefined || stay.watch.answers().some(({tally}) => tally.failed > 0)
  if (stay.callers && !isAwaited && now - stay.callers.at < EVERY_MS) return stay.callers
  const {contract, major} = state.act
  const asked = {what: `who calls ${contract}`, code: 'balancer-failed', ms: ASK_MS} as const
  const {calls} = deps
  const evidence = calls && (await within(deps.clock, asked, () => calls.evidence(contract, major)))
  // The balancer had begun a little before that was seen.
  const since = deps.clock.now() - stay.watchedMs - course.limits.settleMs
  stay.callers = {callers: evidence?.ok ? callersOf(evidence.value, since) : [], at: now}
  return stay.callers
}

function seeing(session: Session, step: Step, course: Course, stay: Stay, sight: Sight): Seen {
  const now = session.deps.clock.monotonic()
  const gap = now - stay.lookedAt
  stay.lookedAt = now
  // What was not seen was not watched; the time for an act to take effect runs on all the same.
  if (stay.state.is !== 'holding') stay.watchedMs += stay.state.is === 'acting' && isPaused(session) ? 0 : gap
  else if (!sight.blind) stay.watchedMs += Math.min(gap, LONGEST_LOOK_MS)
  if (sight.instances) stay.watch.tick(course.next === null ? [] : servingOf(sight.instances, course.next))
  const abort = abortOf(session)
  const told = 'act' in stay.state && stay.state.act.do === 'hook' && toldOf(session, step, stay.state.act.hook)
  return {
    ...sight,
    isOwn: stay.isOwn,
    watchedMs: stay.watchedMs,
    probes: stay.watch.answers(),
    paused: isLeaving(session) || isPaused(session),
    promoted: isPromoted(session, course),
    ...(stay.refused && {refused: stay.refused}),
    ...(stay.fatal && {fatal: stay.fatal}),
    ...(stay.switched && {switched: true}),
    ...(stay.hook && {hook: stay.hook}),
    ...(told && {told}),
    ...(session.options.waive?.includes(INCONCLUSIVE) && {accepts: true}),
    ...(abort && {abort}),
  }
}

function isPromoted({journal}: Session, {step}: Course): boolean {
  const state = journal.state()
  return state.full || state.steps.get(step)?.promoted === true
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

/** A runtime may take a moment to show what it was asked for, and is not asked twice in it. */
function isBeingStarted({deps}: Session, {calledAt}: Stay, act: Act): boolean {
  return act.do === 'start' && deps.clock.monotonic() - calledAt < POLL_MS
}

/**
 * A bake that is over sooner than the next look is looked at just then: it would else be longer than it was to be. What
 * starts is looked at often at first, since most programs need less than a second.
 */
function untilNextLook({bakeMs}: Course, {state, watchedMs}: Stay): DurationMs {
  if (state.is === 'acting' && state.act.do === 'start')
    return Math.min(POLL_MS, Math.max(SOON_MS, Math.ceil(watchedMs / PER_START)))
  const rest = bakeMs - watchedMs
  return state.is === 'holding' && rest > 0 ? Math.min(POLL_MS, Math.ceil(rest)) : POLL_MS
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
