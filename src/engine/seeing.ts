import type {DurationMs} from '../core/base/units.ts'
import type {Step} from '../core/plan/plan.ts'
import type {Course} from '../core/rollout/course.ts'
import {servingOf} from '../core/rollout/reach.ts'
import type {Seen} from '../core/rollout/seen.ts'
import {callersOf} from './facts.ts'
import {within} from './guard.ts'
import {toldOf} from './hook.ts'
import type {Sight} from './observe.ts'
import type {Session} from './session.ts'
import {abortOf, isLeaving, isPaused} from './session.ts'
import type {Stay} from './stay.ts'

/** A gap between two looks counts as watched up to this: what happened in a longer one, nobody has seen. */
const LONGEST_LOOK_MS: DurationMs = 2000

const EVERY_MS: DurationMs = 1000
const ASK_MS: DurationMs = 2000

/** What is waived to go on where checks come to no verdict. */
const INCONCLUSIVE = 'inconclusive'

/** Who calls what is browned out: asked now and then, and again where it is about to be said. */
export async function callersIn(session: Session, course: Course, stay: Stay): Promise<Pick<Sight, 'callers'>> {
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

/** Everything that a decision goes by: what this look has shown, and what was learnt since the state was entered. */
export function seeing(session: Session, step: Step, course: Course, stay: Stay, sight: Sight): Seen {
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
