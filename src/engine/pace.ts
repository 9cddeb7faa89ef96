import type {DurationMs} from '../core/base/units.ts'
import type {Course} from '../core/rollout/course.ts'
import type {Act} from '../core/rollout/record.ts'
import type {Session} from './session.ts'
import type {Stay} from './stay.ts'

/** How often the world is looked at. A bad answer of `next` is noticed this soon, and a call that failed made again. */
export const POLL_MS: DurationMs = 250

/** While something starts, it is looked for this soon at first, and then every so many times it has taken already. */
const SOON_MS: DurationMs = 50
const PER_START = 4

/** A runtime may take a moment to show what it was asked for, and is not asked twice in it. */
export function isBeingStarted({deps}: Session, {calledAt}: Stay, act: Act): boolean {
  return act.do === 'start' && deps.clock.monotonic() - calledAt < POLL_MS
}

/**
 * A bake that is over sooner than the next look is looked at just then: it would else be longer than it was to be. What
 * starts is looked at often at first, since most programs need less than a second.
 */
export function untilNextLook({bakeMs}: Course, {state, watchedMs}: Stay): DurationMs {
  if (state.is === 'acting' && state.act.do === 'start')
    return Math.min(POLL_MS, Math.max(SOON_MS, Math.ceil(watchedMs / PER_START)))
  const rest = bakeMs - watchedMs
  return state.is === 'holding' && rest > 0 ? Math.min(POLL_MS, Math.ceil(rest)) : POLL_MS
}
