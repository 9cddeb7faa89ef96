import type {DurationMs} from '../core/base/units.ts'
import type {Passing} from '../core/event/event.ts'
import {type Course, wantedAt} from '../core/rollout/course.ts'
import type {Seen} from '../core/rollout/seen.ts'
import {measure} from '../core/rollout/share.ts'
import type {StepState} from '../core/rollout/step-state.ts'
import {silence} from './observe.ts'
import type {Session} from './session.ts'

const EVERY_MS: DurationMs = 1000

/** Tells what passes while a step waits for something: not more often than people can read it, and not twice the same. */
export function reporter(session: Session, course: Course): (at: {readonly state: StepState}, seen: Seen) => void {
  const {clock, emit} = session.deps
  let told = ''
  let toldAt = -Infinity

  return ({state}, seen) => {
    const event = passing(course, state, seen)
    if (!event || clock.monotonic() - toldAt < EVERY_MS) return
    const text = JSON.stringify(event)
    if (text === told) return
    told = text
    toldAt = clock.monotonic()
    emit({at: clock.now(), rollout: session.id, ...event})
  }
}

function passing(course: Course, state: StepState, seen: Seen): Passing | undefined {
  const {step} = course
  if (seen.blind) return {code: 'call-failed', step, ...silence(seen.blind)}
  if (state.is === 'acting' && state.act.do === 'start') {
    const {pool} = state.act
    const healthy = (seen.instances ?? []).filter(one => one.pool === pool && one.health === 'healthy').length
    return {code: 'instances-seen', step, pool, healthy, wanted: wantedAt(course, state.act)}
  }
  if (state.is !== 'holding' || state.act.do !== 'route') return undefined
  const {share, requests, errors} = measure(course, seen.pools ?? [], state.counters)
  const {watchedMs: heldMs} = seen
  const {bakeMs} = course
  return {
    code: 'share-seen',
    step,
    asked: state.act.share,
    ...(share !== undefined && {measured: share}),
    requests,
    errors,
    heldMs,
    bakeMs,
  }
}
