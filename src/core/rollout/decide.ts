import {bug, unreachable} from '../base/bug.ts'
import type {Failure} from '../base/failure.ts'
import {failure} from '../base/failure.ts'
import {formatDuration} from '../base/units.ts'
import type {Held} from './bake.ts'
import {holdOn} from './bake.ts'
import {type BrownoutAct, brownoutText, holdBrownout, withCallers} from './brownout.ts'
import type {Course} from './course.ts'
import {actAfter, wantedAt} from './course.ts'
import {baselineOf} from './count.ts'
import {hookingOf} from './hooking.ts'
import type {PoolId} from './pool.ts'
import {isReached, mayReturn, slipped, troubleWith} from './reach.ts'
import type {Act, StepRecord} from './record.ts'
import type {Blind, Seen} from './seen.ts'
import {shareOf} from './share.ts'
import type {StepState} from './step-state.ts'

/** What to do about one step now. */
export type Decision =
  /** Put these on disk, together, and decide again. */
  | {readonly do: 'record'; readonly records: readonly StepRecord[]}
  /** The intention is on disk: make it so. */
  | {readonly do: 'call'; readonly act: Act}
  /** Look again soon. */
  | {readonly do: 'wait'}
  /** There is nothing more to do for this step. */
  | {readonly do: 'nothing'}

const WAIT: Decision = {do: 'wait'}

/** The next thing to do for one step, given what is seen. A step that waits is begun by {@link begin} instead. */
export function decide(course: Course, state: StepState, seen: Seen): Decision {
  switch (state.is) {
    case 'waiting':
      return WAIT
    case 'acting':
      return acting(course, state, seen)
    case 'holding':
      return holding(course, state, seen)
    case 'returning':
      return returning(course, state, seen)
    case 'succeeded':
    case 'rolled-back':
    case 'halted':
      return {do: 'nothing'}
    default:
      return unreachable(state)
  }
}

/** Every gate holds: the step leaves `waiting`. */
export function begin(course: Course): readonly StepRecord[] {
  const first = course.forward[0] ?? bug(`step ${course.step} has nothing to do`)
  const {step} = course
  return [
    {code: 'step-started', step},
    {code: 'act-intended', step, act: first},
  ]
}

function acting(course: Course, state: Extract<StepState, {is: 'acting'}>, seen: Seen): Decision {
  const {act} = state
  if (act.do === 'hook') return hooking(course, act, state.failed === true, seen)
  const why = reasonToReturn(course, act, seen)
  if (why) return takeBack(course, act, seen, why)
  if (seen.blind) return blind(course, act, seen.blind, seen)
  if (isReached(course, act, seen)) return reached(course, act, seen)
  const slip = slipped(course, act, seen, 100)
  if (slip) return intend(course, slip)
  if (isLate(course, act, seen)) return takeBack(course, act, seen, late(act, seen))
  return seen.paused ? WAIT : callOrWait(course, act, seen)
}

function hooking(course: Course, act: HookAct, hasFailed: boolean, seen: Seen): Decision {
  const {step} = course
  const now = hookingOf(course, act.hook, hasFailed, seen)
  if (now.is === 'ended') {
    if (now.failed) return after(now.record, takeBack(course, act, seen, now.failed))
    return {do: 'record', records: [now.record, {code: 'act-done', step, act}, ...onward(course, act)]}
  }
  const why = reasonToReturn(course, act, seen)
  if (why) return takeBack(course, act, seen, why)
  if (now.is === 'unknown') return halt(course, now.why)
  return now.is === 'again' ? intend(course, act) : {do: 'call', act}
}

type HookAct = Extract<Act, {readonly do: 'hook'}>

/** One more record, before those of the decision. */
function after(record: StepRecord, decision: Decision): Decision {
  return decision.do === 'record' ? {do: 'record', records: [record, ...decision.records]} : decision
}

function holding(course: Course, state: Extract<StepState, {is: 'holding'}>, seen: Seen): Decision {
  const {act} = state
  const why = reasonToReturn(course, act, seen)
  if (why) return takeBack(course, act, seen, why)
  if (seen.blind) return blind(course, act, seen.blind, seen)
  if (act.do === 'brownout') return browningOut(course, act, seen)
  const held = holdOn(course, state, seen)
  switch (held.is) {
    case 'failed':
      return takeBack(course, act, seen, held.why, held)
    case 'unsure':
      return state.unsure ? WAIT : unsure(course, held)
    case 'moved':
      return intend(course, act)
    case 'undecided':
      return WAIT
    case 'passed': {
      const passed = {code: 'bake-passed', step: course.step, share: held.share, measured: held.measured} as const
      return seen.paused ? WAIT : {do: 'record', records: [passed, ...onward(course, act)]}
    }
    default:
      return unreachable(held)
  }
}

function browningOut(course: Course, act: BrownoutAct, seen: Seen): Decision {
  const held = holdBrownout(course, act, seen)
  switch (held.is) {
    case 'complaint':
      return takeBack(course, act, seen, held.why)
    case 'moved':
      return intend(course, act)
    case 'early':
      return WAIT
    case 'over':
      return seen.paused ? WAIT : {do: 'record', records: onward(course, act)}
    default:
      return unreachable(held)
  }
}

function unsure({step}: Course, {share, why, measured}: Extract<Held, {is: 'unsure'}>): Decision {
  return {do: 'record', records: [{code: 'bake-unsure', step, share, why, measured}]}
}

/** What a share was held with. */
type Ground = Pick<Extract<Held, {is: 'failed'}>, 'share' | 'measured'>

/** On the way back nothing is asked any more but whether each act is done. */
function returning(course: Course, state: Extract<StepState, {is: 'returning'}>, seen: Seen): Decision {
  const {act, why} = state
  if (act.do === 'hook') return hookingBack(course, act, state, seen)
  const silent = seen.blind && !isWithoutRuntime(act, seen.blind) ? seen.blind : undefined
  if (silent && silent.forMs <= course.limits.blindMs) return WAIT
  if (isReached(course, act, seen)) return {do: 'record', records: doneGoingBack(course, act, why)}
  const dead = nowhereToReturn(course, act, seen, why)
  if (dead) return halt(course, dead)
  if (silent) return halt(course, silent.failure)
  // Its command has failed both ways, and is not run over and over.
  if (act.do === 'switch' && seen.fatal) return halt(course, seen.fatal)
  const slip = slipped(course, act, seen, 0)
  if (slip) return intend(course, slip)
  return isLate(course, act, seen) ? halt(course, late(act, seen)) : callOrWait(course, act, seen)
}

/** The balancer alone takes the traffic back: it knows the pools by itself. */
function isWithoutRuntime(act: Act, {of}: Blind): boolean {
  return of === 'runtime' && isOfBalancer(act)
}

/** Whether traffic is on its way back now, so that nobody but the balancer is waited for. */
export function isHurried(state: StepState): boolean {
  return state.is === 'returning' && isOfBalancer(state.act)
}

function isOfBalancer({do: verb}: Act): boolean {
  return verb === 'attach' || verb === 'route' || verb === 'drain'
}

/** The traffic is back already, so whatever is wrong with the hook waits for a person. */
function hookingBack(
  course: Course,
  act: HookAct,
  {why, failed}: Extract<StepState, {is: 'returning'}>,
  seen: Seen,
): Decision {
  const now = hookingOf(course, act.hook, failed === true, seen)
  switch (now.is) {
    case 'ended':
      if (now.failed) return after(now.record, halt(course, now.failed))
      return {do: 'record', records: [now.record, ...doneGoingBack(course, act, why)]}
    case 'unknown':
      return halt(course, now.why)
    case 'again':
      return intend(course, act)
    case 'due':
      return {do: 'call', act}
    default:
      return unreachable(now)
  }
}

/** What speaks for the way back at once, whatever else is the case. */
function reasonToReturn(course: Course, act: Act, seen: Seen): Failure | undefined {
  if (!mayReturn(course, act)) return undefined
  return seen.abort ?? seen.fatal ?? troubleWith(course, act, seen)
}

function reached(course: Course, act: Act, seen: Seen): Decision {
  const {step} = course
  const counters = seen.pools && act.do !== 'stop' ? baselineOf(seen.pools) : {}
  if (isHeld(course, act)) return {do: 'record', records: [{code: 'act-done', step, act, counters}]}
  return {do: 'record', records: [{code: 'act-done', step, act}, ...onward(course, act)]}
}

/** After some acts the new state is watched for a while before the next: where `next` has traffic, or a new mode. */
function isHeld(course: Course, act: Act): boolean {
  if (act.do === 'brownout') return act.share > 0
  return act.do === 'route' || act.do === 'switch' || (act.do === 'start' && !course.routed)
}

function onward(course: Course, act: Act): readonly StepRecord[] {
  const {step} = course
  const next = actAfter(course.forward, act)
  return next ? [{code: 'act-intended', step, act: next}] : [{code: 'step-succeeded', step}]
}

function doneGoingBack(course: Course, act: Act, why: Failure): readonly StepRecord[] {
  const {step} = course
  const next = actAfter(course.back, act)
  const done = {code: 'act-done', step, act} as const
  return [done, next ? {code: 'act-intended', step, act: next} : {code: 'step-rolled-back', step, why}]
}

/** All traffic back on `current`, unless there is nobody to take it. Past the last turning point there is only halt. */
function takeBack(course: Course, act: Act, seen: Seen, reason: Failure, ground?: Ground): Decision {
  const {step} = course
  const why = act.do === 'brownout' ? withCallers(reason, act, seen.callers) : reason
  if (!mayReturn(course, act)) return halt(course, why)
  const first = course.back[0] ?? bug(`step ${step} has no way back`)
  const dead = nowhereToReturn(course, first, seen, why)
  if (dead) return halt(course, dead)
  return {
    do: 'record',
    records: [
      {code: 'taking-back', step, why, ...(ground && {share: ground.share, measured: ground.measured})},
      {code: 'act-intended', step, act: first},
    ],
  }
}

/** Traffic that `next` still answers is not sent to a `current` that is dead. */
function nowhereToReturn(course: Course, act: Act, seen: Seen, why: Failure): Failure | undefined {
  const {current, next} = course
  if (!seen.instances || !seen.pools || current === null || next === null || current === next) return undefined
  if (act.do !== 'attach' && act.do !== 'route') return undefined
  const healthy = (pool: string) => seen.instances?.some(one => one.pool === pool && one.health === 'healthy') ?? false
  if (healthy(current) || !healthy(next) || shareOf(next, seen.pools) === 0) return undefined
  return failure('halted', {
    message: `${why.message}; but ${course.service} ${current} has no healthy instance to take the traffic back`,
    hint: `bring ${current} back up, or repair ${next}, then \`sluice rollout resume\``,
  })
}

/** Without the runtime the traffic can still be put back; without the balancer nothing can be done. */
function blind(course: Course, act: Act, blind: Blind, seen: Seen): Decision {
  if (blind.forMs <= course.limits.blindMs) return WAIT
  return blind.of === 'runtime' ? takeBack(course, act, seen, blind.failure) : halt(course, blind.failure)
}

function halt(course: Course, why: Failure): Decision {
  return {do: 'record', records: [{code: 'step-halted', step: course.step, why: {...why, code: 'halted'}}]}
}

function intend(course: Course, act: Act): Decision {
  return {do: 'record', records: [{code: 'act-intended', step: course.step, act}]}
}

/** Starting takes as long as it takes; it is asked for again only where an instance is missing. */
function callOrWait(course: Course, act: Act, seen: Seen): Decision {
  const there = act.do === 'start' ? seen.instances?.filter(({pool}) => pool === act.pool).length : 0
  return (there ?? 0) >= wantedAt(course, act) ? WAIT : {do: 'call', act}
}

function isLate(course: Course, act: Act, seen: Seen): boolean {
  return seen.watchedMs > timeFor(course, act)
}

function timeFor({limits}: Course, act: Act): number {
  const own = {
    start: limits.startMs,
    attach: 0,
    route: 0,
    brownout: 0,
    drain: limits.drainMs,
    stop: limits.drainMs,
    switch: limits.switchMs,
    // It has a time limit of its own, and is waited for.
    hook: Infinity,
  }
  return own[act.do] + limits.settleMs
}

function late(act: Act, seen: Seen): Failure {
  const waited = formatDuration(Math.round(seen.watchedMs / 1000) * 1000)
  const why = seen.refused?.message ?? (act.do === 'start' ? unwell(act.pool, seen) : undefined)
  const said = why === undefined ? '' : `: ${why}`
  return failure('rollout-failed', {message: `${describe(act)} did not come about in ${waited}${said}`})
}

/** What the first instance that is not healthy is known to lack. */
function unwell(pool: PoolId, {instances = []}: Seen): string | undefined {
  return instances.find(one => one.pool === pool && one.health !== 'healthy' && one.detail)?.detail
}

/** An act in words, as part of a sentence. */
export function describe(act: Act): string {
  switch (act.do) {
    case 'start':
      return `a healthy ${act.pool}`
    case 'attach':
      return `${act.pool} in the balancer`
    case 'route':
      return `a share of ${act.share}% as asked`
    case 'drain':
      return `the end of the requests on ${act.pool}`
    case 'stop':
      return `the end of ${act.pool}`
    case 'brownout':
      return brownoutText(act)
    case 'switch':
      return `the switch to mode ${act.mode}`
    case 'hook':
      return `the hook ${act.hook}`
    default:
      return unreachable(act)
  }
}
