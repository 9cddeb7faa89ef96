import type {Failure} from '../base/failure.ts'
import {failure} from '../base/failure.ts'
import type {Percent} from '../base/units.ts'
import {countedOn} from './count.ts'
import type {Course} from './course.ts'
import {isServed} from './reach.ts'
import type {Measured} from './record.ts'
import type {Seen} from './seen.ts'
import {isRouted, measure, strays} from './share.ts'
import type {StepState} from './step-state.ts'
import type {Moment} from './verdict.ts'
import {judge, nameOf} from './verdict.ts'

/** What the bake of one share comes to so far. */
export type Held =
  | {readonly is: 'undecided'}
  | {readonly is: 'passed'; readonly share: Percent; readonly measured: Measured}
  | {readonly is: 'failed'; readonly why: Failure}
  /** The weights, or the instances behind them, are not what they were any more, and are to be set again. */
  | {readonly is: 'moved'}

/** A balancer that forgets a share more often than this does not do what it says. */
const MAX_TRIES = 3

/** Instances that come and go more often than this while one share is held are no ground for a verdict. */
const MAX_MOVES = 20

/**
 * Judges the present share: every check holds, the weights are still as asked, and enough time has been watched. Where
 * requests are too few for a verdict the bake is extended once by its own length; then what is inconclusive does not
 * stand in the way, and the record says so.
 */
export function holdOn(course: Course, state: Extract<StepState, {is: 'holding'}>, seen: Seen): Held {
  const {act, counters, tries} = state
  const pools = seen.pools ?? []
  if (act.do === 'route' && !isRouted(course, act.share, pools))
    return tries < MAX_TRIES ? {is: 'moved'} : disobeyed(act.share)
  if (act.do === 'route' && !isServed(seen)) return tries < MAX_MOVES ? {is: 'moved'} : restless(course)

  const counted = countedOn(course.next, pools, counters)
  const evidence = {counted, minRequests: course.minRequests, probes: seen.probes, moment: momentOf(course, seen)}
  const verdicts = course.checks.map(check => ({name: nameOf(check), ...judge(check, evidence)}))
  const failed = verdicts.find(verdict => verdict.is === 'failed')
  if (failed)
    return {is: 'failed', why: refused(course, act.do === 'route' ? act.share : 100, failed.name, failed.text)}
  if (evidence.moment === 'early' || verdicts.some(verdict => verdict.is === 'undecided')) return {is: 'undecided'}

  const share = act.do === 'route' ? act.share : 100
  const inconclusive = verdicts.flatMap(verdict =>
    verdict.is === 'inconclusive' ? [`${verdict.name}: ${verdict.text}`] : [],
  )
  const measured = {...measure(course, pools, counters), inconclusive}
  if (act.do === 'route' && strays(share, measured)) return {is: 'failed', why: strayed(share, measured)}
  return {is: 'passed', share, measured}
}

function momentOf(course: Course, seen: Seen): Moment {
  if (seen.promoted) return 'last'
  if (seen.watchedMs < course.bakeMs) return 'early'
  return seen.watchedMs < 2 * course.bakeMs ? 'over' : 'last'
}

function refused(course: Course, share: Percent, check: string, text: string): Failure {
  const message = `${course.service} ${course.next} failed its check ${check} at ${share}%: ${text}`
  return failure('rollout-failed', {message})
}

function disobeyed(share: Percent): {readonly is: 'failed'; readonly why: Failure} {
  const message = `the balancer does not do what it said: a share of ${share}% was set ${MAX_TRIES} times and did not stay`
  return {is: 'failed', why: failure('rollout-failed', {message, hint: 'look for somebody else who sets its weights'})}
}

function restless({service}: Course): {readonly is: 'failed'; readonly why: Failure} {
  const message = `the instances of ${service} that can take traffic changed ${MAX_MOVES} times while one share was held`
  return {is: 'failed', why: failure('rollout-failed', {message, hint: 'look for what makes them ill, or move'})}
}

function strayed(share: Percent, measured: Measured): Failure {
  const got = Math.round((measured.share ?? 0) * 10) / 10
  const message = `the balancer does not do what it said: ${share}% was asked and set, ${got}% of ${measured.total} requests came`
  return failure('rollout-failed', {message})
}
