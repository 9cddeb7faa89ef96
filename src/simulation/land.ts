import {bug} from '../core/base/bug.ts'
import type {DurationMs} from '../core/base/units.ts'
import type {ServiceName, State} from '../core/graph/system.ts'
import type {PoolId} from '../core/rollout/pool.ts'
import {poolIdOf} from '../core/rollout/pool.ts'
import type {Who} from '../core/rollout/record.ts'
import type {Ability} from '../ports/balancer.ts'
import type {SimulatedBalancer} from './balancer.ts'
import {simulatedBalancer} from './balancer.ts'
import type {Driver, Surprise} from './faults.ts'
import type {Queue} from './queue.ts'
import {queue} from './queue.ts'
import type {Behaviour, SimulatedRuntime} from './runtime.ts'
import {simulatedRuntime} from './runtime.ts'
import type {Scene} from './scene.ts'
import type {MemoryState} from './state.ts'
import {memoryState} from './state.ts'
import type {SimulatedTime} from './time.ts'
import {simulatedTime} from './time.ts'

/** The world that simulated processes act on, and that outlives them. */
export interface Land {
  readonly scene: Scene
  readonly time: SimulatedTime
  readonly runtime: SimulatedRuntime
  readonly balancer: SimulatedBalancer
  readonly state: MemoryState
  /** Each driver answers in the order in which it was asked. */
  readonly queues: {readonly [driver in Driver]: Queue}
  /** The mode that a switch command has brought a pool to. */
  readonly switched: Map<string, State>
  /** Until when nobody answers for a driver. */
  readonly down: Map<Driver, DurationMs>
  /** What went wrong, and how often. */
  readonly tried: Map<string, number>
  /** Pools of releases that answer errors. */
  readonly bad: ReadonlySet<string>
  readonly dead: Set<number>
  /** How often each hook was really run, by `accounts-1/expand`. */
  readonly hooked: Map<string, number>
  /** What happened, for whoever looks into a schedule that failed. */
  note(text: string): void
  readonly trace: readonly string[]
  /** What must never be the case, and was. */
  readonly violations: string[]
  /** The state that the pool's instances are in. */
  stateOf(service: ServiceName, pool: PoolId): State
  isGone(who: Who): boolean
}

const PER_SECOND = 400
const CAN: ReadonlySet<Ability> = new Set(['weight', 'counters', 'latency', 'seamless'])

export function land(scene: Scene, surprises: readonly Surprise[] = []): Land {
  const time = simulatedTime()
  const surprising = new Map(surprises.flatMap(surprise => surprised(scene, surprise)))
  const behaviour = (service: string, pool: PoolId) =>
    surprising.get(`${service} ${pool}`) ?? scene.behaviour(service, pool) ?? {startsInMs: 200}
  const runtime = simulatedRuntime(time, behaviour)
  const balancer = simulatedBalancer(time, {requestsPerSecond: () => scene.perSecond ?? PER_SECOND, behaviour}, CAN)
  const switched = new Map<string, State>()
  const dead = new Set<number>()
  const trace: string[] = []

  for (const [service, state] of scene.current) settle(service, state)

  function settle(service: ServiceName, state: State): void {
    const config = scene.services.get(service) ?? bug(`${service} is not configured`)
    const pool = poolIdOf(state)
    runtime.runs({service, pool, state, replicas: config.run?.replicas ?? 1})
    const addresses = runtime.instances.filter(one => one.service === service).map(({address}) => address)
    if (config.route) balancer.carries(service, {id: pool, addresses})
  }

  return {
    scene,
    time,
    runtime,
    balancer,
    state: memoryState(time),
    queues: {runtime: queue(time), balancer: queue(time), state: queue(time)},
    switched,
    down: new Map(),
    tried: new Map(),
    bad: new Set([...surprising].flatMap(([pool, {errorRate}]) => (errorRate ? [pool] : []))),
    dead,
    hooked: new Map(),
    note: text => void trace.push(`${String(time.monotonic()).padStart(8)} ${text}`),
    trace,
    violations: [],
    stateOf: (service, pool) => switched.get(`${service} ${pool}`) ?? stateNamed(pool),
    isGone: ({pid}) => dead.has(pid),
  }
}

const SURPRISED: {readonly [how in Surprise['how']]: Behaviour} = {
  'answers-errors': {startsInMs: 200, errorRate: 0.5},
  dies: {startsInMs: 200, exitsAfterMs: 1_500},
  'never-healthy': {startsInMs: Infinity},
  'starts-slowly': {startsInMs: 4_000},
}

/** The pool that a surprise is about, unless it runs already and is known. */
function surprised({plan, current}: Scene, {which, how}: Surprise): readonly (readonly [string, Behaviour])[] {
  const fresh = plan.steps.flatMap(({service, to}) => {
    const isKnown = to === null || poolIdOf(current.get(service) ?? to) === poolIdOf(to)
    return isKnown && current.has(service) ? [] : to === null ? [] : [`${service} ${poolIdOf(to)}`]
  })
  const pool = fresh[which % Math.max(1, fresh.length)]
  return pool === undefined ? [] : [[pool, SURPRISED[how]]]
}

/** The opposite of {@link poolIdOf}. */
function stateNamed(pool: PoolId): State {
  const [release = '', mode = null] = pool.split('~')
  return {release, mode}
}

/** Counts one thing that went wrong. */
export function tried({tried: counts}: Land, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1)
}
