import {ok} from '../../src/core/base/result.ts'
import type {BrownoutConfig, ServiceConfig} from '../../src/core/config/config.ts'
import type {MaybeState, State} from '../../src/core/graph/system.ts'
import type {Event} from '../../src/core/event/event.ts'
import type {Plan, Step} from '../../src/core/plan/plan.ts'
import type {StepHooks} from '../../src/core/rollout/hooks.ts'
import {NO_HOOKS} from '../../src/core/rollout/hooks.ts'
import type {Hooks} from '../../src/ports/hooks.ts'
import {poolIdOf} from '../../src/core/rollout/pool.ts'
import type {Who} from '../../src/core/rollout/record.ts'
import type {Deps, Options} from '../../src/engine/rollout.ts'
import type {CallEvidence} from '../../src/ports/balancer.ts'
import type {Probed, ProbeConfig} from '../../src/ports/checks.ts'
import type {HandClock} from './clock.ts'
import {handClock} from './clock.ts'
import type {SimulatedBalancer} from '../../src/simulation/balancer.ts'
import {simulatedBalancer} from '../../src/simulation/balancer.ts'
import type {Behaviour, SimulatedRuntime} from '../../src/simulation/runtime.ts'
import {simulatedRuntime} from '../../src/simulation/runtime.ts'
import {memoryState} from '../../src/simulation/state.ts'

/**
 * A whole world to roll out in, without a process, a socket or a second of waiting. It is valid as it is: a test says
 * what differs.
 */
export interface World {
  readonly clock: HandClock
  readonly runtime: SimulatedRuntime
  readonly balancer: SimulatedBalancer
  readonly events: Event[]
  /** What the engine is given; the same for every process. */
  readonly deps: Deps
  /** Of one process; each has a pid of its own. */
  options(difference?: Partial<Options>): Options
  /** A service that runs this state with all its traffic, or is configured and not deployed. */
  service(name: string, at?: string | null, difference?: Partial<ServiceConfig>): World
  /** How a release behaves; without it, well. */
  release(service: string, at: string, behaviour: Behaviour): World
  /** What a check answers; without it, that all is well. */
  answers(probed: (check: ProbeConfig) => Probed): World
  /** Requests per second of every service; 1000 without it. */
  traffic(perSecond: number): World
  /** When a contract was last called; without it, nothing counts calls. */
  calls(evidence: (now: number) => Omit<CallEvidence, 'contract' | 'major'>): World
  /** Old majors of these contracts are browned out before they go. */
  brownouts(of: Readonly<Record<string, Partial<BrownoutConfig>>>): World
  /** What is run before and after steps, and how it ends. */
  hooks(of: (step: Step) => Partial<StepHooks>, run?: Hooks['run']): World
  codes(): readonly string[]
}

/** What a step of a test's plan says; the rest follows. */
export type StepWish = Partial<Step> & {readonly service: string; readonly from?: never; readonly to?: never} & {
  /** As `1.0.0`, `2.0.0:v1`, or null. */
  readonly moves: readonly [string | null, string | null]
}

export function world(): World {
  const clock = handClock()
  const behaviours = new Map<string, Behaviour>()
  const services = new Map<string, ServiceConfig>()
  const events: Event[] = []
  const behaviour = (service: string, pool: string) => behaviours.get(`${service} ${pool}`) ?? {}
  let perSecond = 1000
  let probe: (check: ProbeConfig) => Probed = () => ({verdict: 'passed', detail: 'well'})
  let pids = 100

  const runtime = simulatedRuntime(clock, behaviour)
  const balancer = simulatedBalancer(clock, {requestsPerSecond: () => perSecond, behaviour})
  const deps: Deps & {calls?: Deps['calls']; brownouts?: Deps['brownouts']; hooks?: Hooks; hooksOf?: Deps['hooksOf']} =
    {
      state: memoryState(clock),
      runtime,
      balancer,
      releases: {prepare: async service => ok({run: services.get(service)?.run ?? {}})},
      checks: {probe: async check => probe(check)},
      switcher: {switch: async () => ok(undefined)},
      clock,
      emit: event => void events.push(event),
      services,
      watched: new Map(),
      quietMs: new Map(),
      neighbours: new Map(),
      folder: '/somewhere',
    }

  const made: World = {
    clock,
    runtime,
    balancer,
    events,
    deps,
    options: difference => ({who: whoOf(++pids), reason: 'apply', wait: false, ...difference}),
    service: (name, at = null, difference = {}) => {
      const config = serviceConfig(name, difference)
      services.set(name, config)
      const state = stateOf(at)
      if (state) run(config, state)
      return made
    },
    release: (service, at, how) => {
      behaviours.set(`${service} ${poolOf(at)}`, how)
      return made
    },
    answers: answer => {
      probe = answer
      return made
    },
    traffic: wanted => {
      perSecond = wanted
      return made
    },
    calls: evidence => {
      deps.calls = {evidence: async (contract, major) => ok({contract, major, ...evidence(clock.now())})}
      return made
    },
    brownouts: of => {
      const terms = {share: 5, forMs: 60_000, checks: []}
      deps.brownouts = new Map(Object.entries(of).map(([name, difference]) => [name, {...terms, ...difference}]))
      return made
    },
    hooks: (of, run = async () => ({ok: true, output: ''})) => {
      deps.hooks = {run}
      deps.hooksOf = step => ({...NO_HOOKS, ...of(step)})
      return made
    },
    codes: () => events.map(({code}) => code),
  }

  function run(config: ServiceConfig, state: State): void {
    const pool = poolIdOf(state)
    runtime.runs({service: config.name, pool, state, replicas: config.run?.replicas ?? 1})
    const addresses = runtime.instances.filter(one => one.service === config.name).map(({address}) => address)
    if (config.route) balancer.carries(config.name, {id: pool, addresses})
  }

  return made
}

/** All of `next` beside all of `current`, and none of it may be ill. */
export const FULL = {surge: 'full', maxUnavailable: {count: 0}, leastHealthy: 1} as const

/** A service with a route, three shares and a bake of ten seconds, checked for errors. */
export function serviceConfig(name: string, difference: Partial<ServiceConfig> = {}): ServiceConfig {
  return {
    name,
    role: 'critical',
    tag: 'v{version}',
    run: {command: ['serve'], replicas: 2, health: {path: '/', timeoutMs: 30_000}, stop: {drainMs: 5_000}},
    route: {backend: name},
    rollout: {steps: [10, 50, 100], bakeMs: 10_000, checks: [{kind: 'errors', below: 1}], minRequests: 20, ...FULL},
    releases: [],
    after: [],
    ...difference,
  }
}

export function planOf(...wishes: readonly StepWish[]): Plan {
  return {
    sluicePlan: 1,
    system: 'shop',
    environment: 'prod',
    fingerprint: 'sha256:0',
    optimal: true,
    steps: wishes.map(stepOf),
  }
}

export function stepOf({service, moves, ...rest}: StepWish): Step {
  const [from, to] = moves.map(stateOf) as [MaybeState, MaybeState]
  return {
    id: `${service}-1`,
    wave: 1,
    service,
    action: from?.release === to?.release ? 'switch' : 'deploy',
    from,
    to,
    after: [],
    gates: [],
    reversible: true,
    reasons: [],
    ...rest,
  }
}

/** `2.0.0:v1` -> release 2.0.0 in mode v1. */
export function stateOf(at: string | null): MaybeState {
  if (at === null) return null
  const [release = '', mode = null] = at.split(':')
  return {release, mode}
}

function poolOf(at: string): string {
  return at.replace(':', '~')
}

export function whoOf(pid: number): Who {
  return {name: 'anna', host: 'here', pid, boot: 'b1', started: '1'}
}
