import type {Failure} from '../core/base/failure.ts'
import type {Result} from '../core/base/result.ts'
import {ok} from '../core/base/result.ts'
import type {DurationMs} from '../core/base/units.ts'
import type {Course} from '../core/rollout/course.ts'
import type {Blind, Seen} from '../core/rollout/seen.ts'
import type {Balanced, RoutedService} from '../ports/balancer.ts'
import type {Clock} from '../ports/clock.ts'
import type {Instance} from '../ports/runtime.ts'
import {within} from './guard.ts'
import {instanceReader, READ_MS} from './instances.ts'
import type {Session} from './session.ts'

/** What is there of one service, as far as anybody answers. */
export type Sight = Pick<Seen, 'instances' | 'pools' | 'gone' | 'callers' | 'blind'> & {
  /** All that is there of `next` had died before this rollout came. */
  readonly littered?: true
}

/**
 * Looks at a service, and remembers for how long somebody has not answered.
 * @param isHurried the balancer is to act at once, so the runtime is hardly waited for
 */
export type Look = (isHurried: boolean) => Promise<Sight>

/** A look that is not made again where all that happened since is that something was written down. */
export interface FreshLook {
  readonly look: Look
  /** The world has been acted on, or time has been let pass. */
  forget(): void
}

/** @returns a look that is made again once what was seen is older than a call takes to get there */
export function freshly(clock: Clock, look: Look): FreshLook {
  let last: {readonly sight: Sight; readonly at: DurationMs} | undefined
  return {
    async look(isHurried) {
      const at = clock.monotonic()
      if (!last || at - last.at > FRESH_MS) last = {sight: await look(isHurried), at}
      return last.sight
    },
    forget: () => (last = undefined),
  }
}

/** What was seen so short a time ago is good for the act that was recorded since. */
const FRESH_MS: DurationMs = 100

/** Reads runtime and balancer side by side. A service without a route has no pools, and nobody is asked for them. */
export function observer(session: Session, course: Course): Look {
  const {clock, balancer} = session.deps
  const routed = routedService(session, course)
  const instancesNow = instanceReader(session, course)
  const silent = new Map<Blind['of'], DurationMs>()

  function blind(of: Blind['of'], answer: Result<unknown>, asked: DurationMs): Blind | undefined {
    if (answer.ok) return void silent.delete(of)
    const since = silent.get(of) ?? asked
    silent.set(of, since)
    return {of, forMs: clock.monotonic() - since, failure: answer.failure}
  }

  return async isHurried => {
    const asked = clock.monotonic()
    const [instances, balanced] = await Promise.all([
      instancesNow(isHurried),
      routed
        ? within(clock, {what: `the shares of ${course.service}`, code: 'balancer-failed', ms: READ_MS}, () =>
            balancer.read(routed),
          )
        : ok<Balanced>({pools: []}),
    ])
    // Without the balancer nothing can be done at all, so that is what is said where both are silent.
    const runtimeBlind = blind('runtime', instances, asked)
    const away = blind('balancer', balanced, asked) ?? runtimeBlind
    const ofNext = instances.ok ? instances.value.filter(({pool}) => pool === course.next) : []
    if (!ofNext.some(({health}) => health === 'exited')) session.renewed.delete(course.step)
    const littered = ofNext.length > 0 && ofNext.every(one => isPast(one, session, course))
    return {
      ...(littered && {littered}),
      ...(instances.ok && {instances: instances.value.filter(one => !isPast(one, session, course))}),
      ...(balanced.ok && {pools: balanced.value.pools, ...(balanced.value.gone && {gone: balanced.value.gone})}),
      ...(away && {blind: away}),
    }
  }
}

/** What had died of `next` before this rollout came, or with all the rest, says nothing on what it starts. */
function isPast({health, pool, rollout}: Instance, {id, renewed}: Session, {step, current, next}: Course): boolean {
  if (health !== 'exited' || pool !== next) return false
  return rollout !== id || (renewed.has(step) && current !== next)
}

/** How the balancer knows the service, with the number of our lease; undefined where it has no route. */
export function routedService({deps, holder}: Session, course: Course): RoutedService | undefined {
  const route = deps.services.get(course.service)?.route
  const calls = deps.watched.get(course.service)
  return route && {name: course.service, route, fence: holder.lease().fence, ...(calls && {calls})}
}

/** One sentence on a silent driver, for reports. */
export function silence({of, failure}: Blind): {readonly what: string; readonly message: string} {
  return {what: `read the ${of}`, message: (failure satisfies Failure).message}
}
