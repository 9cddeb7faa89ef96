import type {Failure} from '../base/failure.ts'
import {failure} from '../base/failure.ts'
import type {Percent} from '../base/units.ts'
import type {CheckConfig} from '../config/config.ts'
import {countedOn} from './count.ts'
import type {Course} from './course.ts'
import {isServed} from './reach.ts'
import type {Baseline, CheckMeasured, Measured} from './record.ts'
import type {Seen} from './seen.ts'
import {isRouted, measure, strays} from './share.ts'
import type {StepState} from './step-state.ts'
import type {Evidence, Moment, Verdict} from './evidence.ts'
import {judge, nameOf} from './verdict.ts'

/** What the bake of one share comes to so far. */
export type Held =
  | {readonly is: 'undecided'}
  | {readonly is: 'passed'; readonly share: Percent; readonly measured: Measured}
  | {readonly is: 'failed'; readonly why: Failure; readonly share: Percent; readonly measured: Measured}
  /** A check has come to no verdict in its time, and that is not to be passed over. */
  | {readonly is: 'unsure'; readonly why: Failure; readonly share: Percent; readonly measured: Measured}
  /** The weights, or the instances behind them, are not what they were any more, and are to be set again. */
  | {readonly is: 'moved'}

/** A balancer that forgets a share more often than this does not do what it says. */
const MAX_TRIES = 3

/** Instances that come and go more often than this while one share is held are no ground for a verdict. */
const MAX_MOVES = 20

/**
 * Judges the present share: every check holds, the weights are still as asked, and enough time has been watched. Where
 * there is no ground for a verdict the bake is extended until its deadline; then a person says how it goes on, unless
 * the check says so itself.
 */
export function holdOn(course: Course, state: Extract<StepState, {is: 'holding'}>, seen: Seen): Held {
  const {act, counters, tries} = state
  const pools = seen.pools ?? []
  const share = act.do === 'route' ? act.share : 100
  const isAsked = act.do !== 'route' || isRouted(course, act.share, pools)
  const isSettled = act.do !== 'route' || isServed(seen)
  if ((!isAsked && tries < MAX_TRIES) || (isAsked && !isSettled && tries < MAX_MOVES)) return {is: 'moved'}

  const evidence = evidenceOf(course, share, counters, seen)
  const judged = course.checks.map(check => ({check, name: nameOf(check), ...judge(check, evidence)}))
  const measured = measure(course, pools, counters, judged.map(checkMeasured))
  const end = <Is extends 'failed' | 'unsure'>(is: Is, why: Failure) => ({is, why, share, measured})
  if (!isAsked) return end('failed', disobeyed(share))
  if (!isSettled) return end('failed', restless(course))

  const deciding = judged.filter(({check}) => check.observe !== true)
  const failed = deciding.find(isFailed)
  if (failed) return end('failed', refused(course, share, failed))
  if (evidence.moment === 'early' || deciding.some(({is}) => is === 'undecided')) return {is: 'undecided'}
  if (act.do === 'route' && strays(share, measured)) return end('failed', strayed(share, measured))
  const open = deciding.filter(isOpen)
  if (open.length > 0 && !seen.promoted && !seen.accepts) return end('unsure', undecided(course, share, open))
  return {is: 'passed', share, measured}
}

type Judged = Verdict & {readonly check: CheckConfig; readonly name: string}

function evidenceOf(course: Course, share: Percent, counters: Baseline, seen: Seen): Evidence {
  const pools = seen.pools ?? []
  const isShared = share > 0 && share < 100 && course.current !== course.next
  return {
    counted: countedOn(course.next, pools, counters),
    beside: isShared ? countedOn(course.current, pools, counters) : undefined,
    // Nobody calls yet what was not there before, and there is nothing to go back to.
    minRequests: course.current === null ? 0 : course.minRequests,
    probes: seen.probes,
    moment: momentOf(course, seen),
  }
}

function isOpen({is, check, unmeasured}: Judged): boolean {
  if (is !== 'inconclusive' || check.onInconclusive === 'continue') return false
  return !unmeasured || check.onInconclusive !== undefined
}

function isFailed({is, check}: Judged): boolean {
  return is === 'failed' || (is === 'inconclusive' && check.onInconclusive === 'fail')
}

function checkMeasured({name, is, text, check}: Judged): CheckMeasured {
  return {name, verdict: is, text, ...(check.observe && {observed: true})}
}

function momentOf({bakeMs, deadlineMs}: Course, seen: Seen): Moment {
  if (seen.promoted) return 'last'
  if (seen.watchedMs < bakeMs) return 'early'
  return seen.watchedMs < deadlineMs ? 'over' : 'last'
}

function refused({service, next}: Course, share: Percent, {name, text}: Judged): Failure {
  const message = `${service} ${next} failed its check ${name} at ${share}%: ${text}`
  return failure('rollout-failed', {message})
}

function undecided({service, next}: Course, share: Percent, open: readonly Judged[]): Failure {
  const reasons = open.map(({name, text}) => `${name}: ${text}`).join('; ')
  return failure('waiting', {
    message: `${service} ${next} has no verdict at ${share}%: ${reasons}`,
    hint: 'watch on with `sluice rollout resume`, go on all the same with `sluice rollout resume --waive inconclusive`, or take it back with `sluice rollout abort`',
  })
}

function disobeyed(share: Percent): Failure {
  const message = `the balancer does not do what it said: a share of ${share}% was set ${MAX_TRIES} times and did not stay`
  return failure('rollout-failed', {message, hint: 'look for somebody else who sets its weights'})
}

function restless({service}: Course): Failure {
  const message = `the instances of ${service} that can take traffic changed ${MAX_MOVES} times while one share was held`
  return failure('rollout-failed', {message, hint: 'look for what makes them ill, or move'})
}

function strayed(share: Percent, measured: Measured): Failure {
  const got = Math.round((measured.share ?? 0) * 10) / 10
  const message = `the balancer does not do what it said: ${share}% was asked and set, ${got}% of ${measured.total} requests came`
  return failure('rollout-failed', {message})
}
