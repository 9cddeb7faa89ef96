import {bug} from '../core/base/bug.ts'
import type {FailureCode} from '../core/base/failure.ts'
import {failure} from '../core/base/failure.ts'
import type {Result} from '../core/base/result.ts'
import {fail, ok} from '../core/base/result.ts'
import type {DurationMs} from '../core/base/units.ts'
import type {State} from '../core/graph/system.ts'
import type {Step} from '../core/plan/plan.ts'
import {type BrownoutAct, brownoutOf, brownoutText} from '../core/rollout/brownout.ts'
import {type Course, wantedAt} from '../core/rollout/course.ts'
import type {PoolId} from '../core/rollout/pool.ts'
import {addressesOf, servingOf} from '../core/rollout/reach.ts'
import type {Act} from '../core/rollout/record.ts'
import type {Pool, Shares} from '../ports/balancer.ts'
import type {Prepared} from '../ports/releases.ts'
import {within} from './guard.ts'
import type {Sight} from './observe.ts'
import {routedService} from './observe.ts'
import type {Session} from './session.ts'

/** One step in the hands of one process. */
export interface Doing {
  readonly session: Session
  readonly step: Step
  readonly course: Course
  readonly sight: Sight
  /** What it takes to run `next`; absent where it is not started. */
  readonly prepared?: Prepared
}

/** What the drivers do; a hook is run by the step itself, since its end is not seen in the world. */
type Driven = Exclude<Act, {readonly do: 'hook'}>

type Performer<Kind extends Driven['do']> = {
  readonly what: (act: Extract<Driven, {do: Kind}>, course: Course) => string
  readonly code: FailureCode
  readonly ms: (course: Course) => DurationMs
  readonly call: (act: Extract<Driven, {do: Kind}>, doing: Doing) => Promise<Result<void>>
}

const CALL_MS = 10_000

/** How each act is done. Every one says what should be, so that doing it again does no harm. */
const PERFORMERS: {readonly [Kind in Driven['do']]: Performer<Kind>} = {
  start: {
    what: (act, {service}) => `start ${service} ${act.pool}`,
    code: 'runtime-failed',
    ms: ({limits}) => limits.settleMs + CALL_MS,
    call: start,
  },
  attach: {
    what: (act, {service}) => `attach ${service} ${act.pool}`,
    code: 'balancer-failed',
    ms: () => CALL_MS,
    call: (act, doing) => attach(act.pool, doing),
  },
  route: {
    what: (act, {service}) => `give ${act.share}% to the next ${service}`,
    code: 'balancer-failed',
    ms: () => CALL_MS,
    call: (act, doing) => route(sharesOf(act.share, doing), doing),
  },
  brownout: {
    what: act => brownoutText(act),
    code: 'balancer-failed',
    ms: () => CALL_MS,
    call: brownOut,
  },
  drain: {
    what: (act, {service}) => `drain ${service} ${act.pool}`,
    code: 'balancer-failed',
    ms: ({limits}) => limits.drainMs + CALL_MS,
    call: (act, doing) => drain(act.pool, doing),
  },
  stop: {
    what: (act, {service}) => `stop ${service} ${act.pool}`,
    code: 'runtime-failed',
    ms: ({limits}) => limits.drainMs + CALL_MS,
    call: ({pool}, {session, course}) => session.deps.runtime.stop(course.service, pool, course.limits.drainMs),
  },
  switch: {
    what: (act, {service}) => `switch ${service} to ${act.mode}`,
    code: 'runtime-failed',
    ms: ({limits}) => limits.switchMs + CALL_MS,
    call: switchMode,
  },
}

/** Does one act, which is on disk as an intention already. */
export function perform(act: Driven, doing: Doing): Promise<Result<void>> {
  const {what, code, ms, call} = PERFORMERS[act.do] as Performer<Driven['do']>
  const {course, session} = doing
  return within(session.deps.clock, {what: what(act as never, course), code, ms: ms(course)}, () =>
    call(act as never, doing),
  )
}

/**
 * What died of the pool before this rollout came, as when the machine was restarted, makes room first. One call at a time:
 * before the next one it is asked again whether we still hold the lease.
 */
async function start(act: Extract<Act, {do: 'start'}>, doing: Doing): Promise<Result<void>> {
  const {session, step, course, sight, prepared} = doing
  if (!prepared) return bug(`${step.id} starts what was not prepared`)
  const {plan, deps, id} = session
  if (sight.littered) return deps.runtime.stop(course.service, act.pool, 0)
  return deps.runtime.start({
    system: plan.system,
    environment: plan.environment,
    service: course.service,
    pool: act.pool,
    state: step.to ?? bug(`${step.id} starts nothing`),
    rollout: id,
    replicas: wantedAt(course, act),
    run: prepared.run,
    ...(prepared.folder !== undefined && {folder: prepared.folder}),
  })
}

async function attach(pool: PoolId, doing: Doing): Promise<Result<void>> {
  const wanted = poolOf(pool, doing)
  if (wanted.addresses.length === 0) return fail(nobodyThere(doing, pool))
  return doing.session.deps.balancer.attach(routedOf(doing), wanted)
}

async function route(shares: Shares, doing: Doing): Promise<Result<void>> {
  const empty = shares.find(({pool, share}) => share > 0 && pool.addresses.length === 0)
  if (empty) return fail(nobodyThere(doing, empty.pool.id))
  const moved = shares.find(({pool, share}) => share > 0 && hasMoved(pool, doing))
  // One call at a time: before the next one it is asked again whether we still hold the lease.
  if (moved) return doing.session.deps.balancer.attach(routedOf(doing), moved.pool)
  return doing.session.deps.balancer.route(routedOf(doing), shares)
}

/** Whether the balancer knows the pool at other addresses. */
function hasMoved({id, addresses}: Pool, {sight}: Doing): boolean {
  const known = sight.pools?.find(pool => pool.id === id)?.servers.map(({address}) => address)
  return known !== undefined && known.toSorted().join() !== addresses.join()
}

function nobodyThere({course}: Doing, pool: PoolId) {
  return failure('halted', {message: `${course.service} ${pool} has no instance that traffic could be sent to`})
}

/** It outlasts its time only by what it takes to be ended, should nobody come back to end it. */
async function brownOut(act: BrownoutAct, doing: Doing): Promise<Result<void>> {
  const {session, course} = doing
  const {balancer, clock} = session.deps
  const {contract, major, share} = act
  if (!balancer.brownOut) return bug(`${course.step} browns out what the balancer cannot`)
  const until = clock.now() + (brownoutOf(course, act)?.forMs ?? 0) + course.limits.settleMs
  return balancer.brownOut(routedOf(doing), {contract, major, share}, until)
}

async function drain(pool: PoolId, doing: Doing): Promise<Result<void>> {
  const {session, course} = doing
  const deadline = session.deps.clock.now() + course.limits.drainMs
  return session.deps.balancer.detach(routedOf(doing), poolOf(pool, doing), deadline)
}

function sharesOf(share: number, doing: Doing): Shares {
  const {current, next} = doing.course
  return [
    ...(next === null ? [] : [{pool: poolOf(next, doing), share}]),
    ...(current === null ? [] : [{pool: poolOf(current, doing), share: 100 - share}]),
  ]
}

/** The addresses that serve; where nobody can say, those that the balancer has. */
function poolOf(id: PoolId, {sight}: Doing): Pool {
  const running = sight.instances && servingOf(sight.instances, id)
  const known = sight.pools?.find(pool => pool.id === id)?.servers.map(({address}) => address)
  return {id, addresses: running && running.length > 0 ? running : (known ?? []).toSorted()}
}

function routedOf({session, course}: Doing) {
  return routedService(session, course) ?? bug(`${course.service} has no route`)
}

async function switchMode({mode}: {readonly mode: string}, doing: Doing): Promise<Result<void>> {
  const {session, step, course, sight, prepared} = doing
  const {deps} = session
  const command = deps.services.get(course.service)?.switch ?? bug(`${course.service} has no switch command`)
  const release = (step.to ?? step.from)?.release ?? bug(`${step.id} switches nothing`)
  const to: State = {release, mode}
  const from = step.to?.mode === mode ? step.from : step.to
  const folder = prepared?.folder ?? deps.folder
  const addresses = addressesOf(sight.instances ?? [], course.current)
  const done = await deps.switcher.switch({
    service: course.service,
    command,
    from,
    to,
    addresses,
    folder,
    timeoutMs: course.limits.switchMs,
  })
  return done.ok ? ok(undefined) : done
}
