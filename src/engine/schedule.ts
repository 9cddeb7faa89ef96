import {bug} from '../core/base/bug.ts'
import {sameState} from '../core/graph/states.ts'
import type {Step, StepId} from '../core/plan/plan.ts'
import type {PoolId} from '../core/rollout/pool.ts'
import {brownoutsOf} from '../core/rollout/brownout.ts'
import type {Course} from '../core/rollout/course.ts'
import {courseOf} from '../core/rollout/course.ts'
import {begin} from '../core/rollout/decide.ts'
import {isSameWait} from '../core/rollout/gate.ts'
import {ready, underWay} from '../core/rollout/schedule.ts'
import type {AskGates} from './gates.ts'
import {GATE_POLL_MS, gatekeeper} from './gates.ts'
import type {Session} from './session.ts'
import {abortOf, isLeaving, isPaused} from './session.ts'
import {carryOut} from './step.ts'

const PARALLEL = 8

/**
 * Carries out every step that may run, side by side: a step begins when all that it waits for is done and its gates
 * hold, and never because of the wave it stands in. Answers when nothing is under way and nothing more may begin.
 */
export async function carryOutAll(session: Session): Promise<void> {
  const {clock} = session.deps
  const running = new Set<StepId>()
  const troubles: unknown[] = []
  let again = new AbortController()
  const askGates = gatekeeper(session)
  const carry = (step: Step, isOwn = true) => {
    running.add(step.id)
    carryOut(session, step, courseFor(session, step), isOwn)
      .catch((error: unknown) => troubles.push(error))
      .finally(() => {
        running.delete(step.id)
        again.abort('a step has ended')
      })
  }
  const takeUp = () => {
    for (const step of underWay(session.plan, session.journal.state())) if (!running.has(step.id)) carry(step, false)
  }
  takeUp()

  for (;;) {
    if (abortOf(session) && !session.journal.state().aborting)
      await session.journal.append([{code: 'rollout-aborting', by: session.options.who}])
    // What was left where it is safe to stay, on a pause, is taken back like all the rest.
    if (abortOf(session) && !isLeaving(session) && !session.journal.broken()) takeUp()
    const shut = await beginReady(session, running, askGates, carry)
    if (troubles.length > 0) throw troubles[0]
    if (running.size > 0) {
      // Not raced against steps, which would remember every second that they take.
      again = new AbortController()
      await clock.sleep(GATE_POLL_MS, again.signal)
      if (troubles.length > 0) throw troubles[0]
    } else if (staysFor(session, shut)) await clock.sleep(GATE_POLL_MS)
    else return
  }
}

/** Whoever waits stays while a gate keeps a step from beginning, or somebody's pause does. */
function staysFor(session: Session, shut: boolean): boolean {
  const {options, plan, journal} = session
  if (!options.wait || isLeaving(session) || abortOf(session) || journal.broken()) return false
  return shut || (isPaused(session) && ready(plan, journal.state(), session.deps).length > 0)
}

function mayBegin(session: Session): boolean {
  return !isLeaving(session) && !isPaused(session) && !abortOf(session) && !session.journal.broken()
}

/** Begins what may begin; answers whether a gate keeps something from it. */
async function beginReady(
  session: Session,
  running: ReadonlySet<StepId>,
  askGates: AskGates,
  carry: (step: Step) => void,
): Promise<boolean> {
  let shut = false
  for (const step of ready(session.plan, session.journal.state(), session.deps)) {
    if (!mayBegin(session) || running.size >= (session.options.parallel ?? PARALLEL)) break
    if (running.has(step.id)) continue
    if (await pass(session, step, askGates)) carry(step)
    else shut = true
  }
  return shut
}

/** Asks the gates, and writes down what they say: that the step begins, or what it waits for, when that is something new. */
async function pass(session: Session, step: Step, askGates: AskGates): Promise<boolean> {
  const gated = await askGates(step)
  if ('pass' in gated) return session.journal.append([...gated.pass, ...begin(courseFor(session, step))])
  const {gates} = gated
  const wait = session.journal.clean(gated.wait)
  const state = session.journal.state().steps.get(step.id)?.state
  const isTold = state?.is === 'waiting' && state.gates?.join() === gates.join() && !isNews(state.for, wait, gates)
  if (!isTold) await session.journal.append([{code: 'step-waiting', step: step.id, for: wait, gates}])
  return false
}

/** Somebody has approved, or the clients are others; what only counts the time is told once. */
function isNews(before: readonly string[], now: readonly string[], gates: readonly string[]): boolean {
  return gates.some((gate, index) => {
    if (gate.startsWith('approval')) return before[index] !== now[index]
    return gate.startsWith('contract-unused') && !isSameWait(before[index] ?? '', now[index] ?? '')
  })
}

export function courseFor(session: Session, step: Step): Course {
  const {services, balancer, hooksOf} = session.deps
  const service = services.get(step.service) ?? bug(`no service ${step.service}`)
  const wanted = session.journal.state().undoes === undefined ? session.deps.brownouts : undefined
  const brownouts = balancer.can.has('brownout') ? brownoutsOf(step, wanted ?? new Map()) : []
  const hooks = session.revived.has(step.service) ? undefined : hooksOf?.(step)
  return courseOf(step, service, balancer.can.has('weight'), carrierOf(session, step), hooks, brownouts)
}

/** The pool that a step leaves: what it is stopping already, or what carries the state that it comes from. */
function carrierOf({journal, carriers}: Session, {id, service, from}: Step): PoolId | null | undefined {
  const story = journal.state().steps.get(id)
  if (story?.state.is === 'acting' && story.state.act.do === 'stop') return story.state.act.pool
  const kept = carriers.get(service)
  return kept && sameState(kept.state, from) ? kept.pool : undefined
}
