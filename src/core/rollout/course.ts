import {bug} from '../base/bug.ts'
import type {DurationMs, Percent} from '../base/units.ts'
import type {CheckConfig, ServiceConfig} from '../config/config.ts'
import type {Step, StepId} from '../plan/plan.ts'
import {type Brownout, brownoutActs} from './brownout.ts'
import type {Hook, StepHooks} from './hooks.ts'
import {NO_HOOKS} from './hooks.ts'
import type {PoolId} from './pool.ts'
import {poolIdOf} from './pool.ts'
import type {Act} from './record.ts'
import {type Redundancy, sizeFor} from '../config/size.ts'

/** How one step is carried out: what is to be done, in order, forward and back. Fixed before it starts. */
export interface Course {
  readonly step: StepId
  readonly service: string
  /** The pool that carries the traffic before; null where the service is not deployed. */
  readonly current: PoolId | null
  /** The pool that carries it afterwards; null where the service goes away. */
  readonly next: PoolId | null
  readonly routed: boolean
  readonly replicas: number
  readonly forward: readonly Act[]
  /** From anywhere on the way forward; what was never done is seen to be undone already. */
  readonly back: readonly Act[]
  /** What is answered 410 for a while before anything else. */
  readonly brownouts: readonly Brownout[]
  /** What is run at its place on the way. */
  readonly hooks: readonly Hook[]
  readonly bakeMs: DurationMs
  readonly checks: readonly CheckConfig[]
  readonly minRequests: number
  /** From when a share is reached until every check must have come to a verdict. */
  readonly deadlineMs: DurationMs
  readonly redundancy: Redundancy
  readonly limits: Limits
}

/** How long each thing may take before it counts as not working. */
export interface Limits {
  /** From the start of an instance until it is healthy. */
  readonly startMs: DurationMs
  /** Until the balancer shows what it was told. */
  readonly settleMs: DurationMs
  /** For requests in flight to end. */
  readonly drainMs: DurationMs
  readonly switchMs: DurationMs
  /** How long a driver may give no answer before a decision is made without it. */
  readonly blindMs: DurationMs
}

const START_MS = 60_000
const SETTLE_MS = 10_000
const DRAIN_MS = 30_000
const SWITCH_MS = 300_000
const BLIND_MS = 15_000

/**
 * The course of a step. `kept` is the pool that really carries `from`: a switch command changes what runs in place, and
 * the instances keep the name they were started under.
 */
export function courseOf(
  step: Step,
  service: ServiceConfig,
  canWeigh: boolean,
  kept?: PoolId | null,
  hooks: StepHooks = NO_HOOKS,
  brownouts: readonly Brownout[] = [],
): Course {
  const inPlace = isInPlace(step, service)
  const current = step.from === null ? null : (kept ?? poolIdOf(step.from))
  const next = inPlace ? current : step.to === null ? null : poolIdOf(step.to)
  const routed = service.route !== undefined
  const ways = inPlace
    ? switching(step)
    : {forward: forward(service, routed, canWeigh, current, next), back: back(routed, current, next)}
  return {
    step: step.id,
    service: service.name,
    current,
    next,
    routed,
    replicas: service.run?.replicas ?? 1,
    forward: [...brownoutActs(brownouts), ...hooks.before.map(hookAct), ...ways.forward, ...hooks.after.map(hookAct)],
    back: [...brownouts.map(ended), ...ways.back, ...hooks.back.map(hookAct)],
    brownouts,
    hooks: [...hooks.before, ...hooks.after, ...hooks.back],
    ...bakeOf(service.rollout, current === null),
    minRequests: service.rollout.minRequests,
    redundancy: service.rollout,
    limits: limitsOf(service),
  }
}

/** Whether the step changes what runs by a command of the service: no pool comes or goes, and no traffic moves. */
export function isInPlace({action}: Step, service: ServiceConfig): boolean {
  return action === 'switch' && service.switch !== undefined
}

function ended({contract, major}: Brownout): Act {
  return {do: 'brownout', contract, major, share: 0}
}

function hookAct({id}: Hook): Act {
  return {do: 'hook', hook: id}
}

/**
 * What is not there yet has no traffic to be judged by, nobody who calls it, and nothing to go back to: it is not held, and
 * only who asks it gets an answer.
 */
function bakeOf(rollout: ServiceConfig['rollout'], isFirst: boolean): Pick<Course, 'bakeMs' | 'checks' | 'deadlineMs'> {
  const bakeMs = isFirst ? 0 : rollout.bakeMs
  const checks = isFirst ? rollout.checks.filter(isAsked) : rollout.checks
  return {bakeMs, checks, deadlineMs: deadlineOf({...rollout, bakeMs})}
}

function isAsked({kind}: CheckConfig): boolean {
  return kind === 'http' || kind === 'command'
}

/** Where it is not said: as long again as the bake, and never less than this. */
const EXTENSION_MS = 30_000

function deadlineOf({bakeMs, deadlineMs}: ServiceConfig['rollout']): DurationMs {
  return Math.max(bakeMs, deadlineMs ?? bakeMs + Math.max(bakeMs, EXTENSION_MS))
}

function limitsOf(service: ServiceConfig): Limits {
  return {
    startMs: service.run?.health?.timeoutMs ?? START_MS,
    settleMs: SETTLE_MS,
    drainMs: service.run?.stop?.drainMs ?? DRAIN_MS,
    switchMs: SWITCH_MS,
    blindMs: BLIND_MS,
  }
}

function switching(step: Step): Pick<Course, 'forward' | 'back'> {
  const to = step.to?.mode ?? ''
  const from = step.from?.mode ?? ''
  return {forward: [{do: 'switch', mode: to}], back: [{do: 'switch', mode: from}]}
}

function forward(
  service: ServiceConfig,
  routed: boolean,
  canWeigh: boolean,
  current: PoolId | null,
  next: PoolId | null,
): Act[] {
  const shares = current !== null && canWeigh && routed ? service.rollout.steps : [100]
  return [
    ...(next === null ? [] : rising(service, next, routed, shares)),
    ...(current === null || !routed ? [] : [{do: 'drain', pool: current} as const]),
    ...(current === null ? [] : [{do: 'stop', pool: current} as const]),
  ]
}

/** As many instances as a share needs are there before it has the share. */
function rising(service: ServiceConfig, next: PoolId, routed: boolean, shares: readonly Percent[]): Act[] {
  const replicas = service.run?.replicas ?? 1
  const acts: Act[] = []
  let started = 0
  for (const share of shares) {
    const size = sizeFor(share, replicas, service.rollout)
    if (size > started) acts.push({do: 'start', pool: next, ...(size < replicas && {replicas: size})})
    if (routed && started === 0) acts.push({do: 'attach', pool: next})
    if (routed) acts.push({do: 'route', share})
    started = size
  }
  return acts
}

/** All traffic on `current` first: nothing else may come before that. */
function back(routed: boolean, current: PoolId | null, next: PoolId | null): Act[] {
  return [
    ...(current === null || !routed ? [] : [{do: 'attach', pool: current} as const, {do: 'route', share: 0} as const]),
    ...(next === null || !routed ? [] : [{do: 'drain', pool: next} as const]),
    ...(next === null ? [] : [{do: 'stop', pool: next} as const]),
  ]
}

/**
 * The act after this one, in its direction; undefined after the last. A share that the configuration has lost since it
 * was asked for is followed by the next higher one, and a start of other sizes by what follows the first of now.
 */
export function actAfter(acts: readonly Act[], act: Act): Act | undefined {
  const at = acts.findIndex(other => sameAct(other, act))
  if (at >= 0) return acts[at + 1]
  if (act.do === 'start')
    return actAfter(acts, acts.find(({do: kind}) => kind === 'start') ?? bug('nothing is started'))
  return acts.find(other => other.do === 'route' && act.do === 'route' && other.share > act.share)
}

/** How many instances of `next` there have to be while an act of the way forward is under way. */
export function wantedAt({forward, replicas}: Course, act: Act): number {
  const at = forward.findIndex(other => sameAct(other, act))
  const started = forward.slice(0, at + 1).findLast(other => other.do === 'start')
  return (started?.do === 'start' ? started.replicas : undefined) ?? replicas
}

export function sameAct(a: Act, b: Act): boolean {
  return a.do === b.do && objectOf(a) === objectOf(b)
}

/** What the act is about. */
function objectOf(act: Act): string | number {
  switch (act.do) {
    case 'route':
      return act.share
    case 'switch':
      return act.mode
    case 'hook':
      return act.hook
    case 'brownout':
      return `${act.contract}@${act.major} ${act.share}`
    case 'start':
      return `${act.pool} ${act.replicas ?? ''}`
    default:
      return act.pool
  }
}
