import {ok} from '../core/base/result.ts'
import type {Clock} from '../ports/clock.ts'
import type {Instance, PoolId, PoolSpec, Runtime} from '../ports/runtime.ts'

/** How the instances of a pool behave. */
export interface Behaviour {
  /** How long an instance takes until it is healthy; Infinity is never. */
  readonly startsInMs?: number
  /** It dies so long after its start. */
  readonly exitsAfterMs?: number
  /** The part of its answers that are errors, 0 to 1. */
  readonly errorRate?: number
  readonly latencyMs?: number
}

/** Instances that only exist in a simulation, and what may be done to them. */
export interface SimulatedRuntime extends Runtime {
  /** Instances that run and are healthy, as if they had always been there. */
  runs(spec: Pick<PoolSpec, 'service' | 'pool' | 'state' | 'replicas'>): void
  /** Every instance of a pool, or so many of them, dies, or falls ill, or recovers, by somebody's hand. */
  befall(service: string, pool: PoolId, health: 'exited' | 'unhealthy' | 'healthy', most?: number): void
  readonly instances: readonly Instance[]
}

const LONG_AGO = -1_000_000_000

interface Running {
  readonly instance: Omit<Instance, 'health' | 'detail'>
  readonly startedAt: number
  readonly behaviour: Behaviour
  befallen?: 'exited' | 'unhealthy'
  /** Somebody has looked after it, and it goes on as it is. */
  isCured?: boolean
}

export function simulatedRuntime(
  clock: Pick<Clock, 'monotonic' | 'sleep'>,
  behaviour: (service: string, pool: PoolId) => Behaviour,
): SimulatedRuntime {
  let running: readonly Running[] = []
  let made = 0

  const isOf = (service: string, pool: PoolId) => (one: Running) =>
    one.instance.service === service && one.instance.pool === pool

  function make(
    spec: Pick<PoolSpec, 'service' | 'pool' | 'state'> & {readonly rollout: string},
    startedAt: number,
  ): Running {
    const {service, pool, state, rollout} = spec
    const number = ++made
    const instance = {id: `i${number}`, service, pool, state, rollout, address: `10.0.0.${number}:80`}
    return {instance, startedAt, behaviour: behaviour(service, pool)}
  }

  function add(
    spec: PoolSpec | (Omit<Parameters<SimulatedRuntime['runs']>[0], never> & {rollout: string}),
    startedAt: number,
  ): void {
    const there = running.filter(isOf(spec.service, spec.pool)).length
    const missing = Array.from({length: Math.max(0, spec.replicas - there)}, () => make(spec, startedAt))
    running = [...running, ...missing]
  }

  function seen(one: Running): Instance {
    const {startsInMs = 0, exitsAfterMs = Infinity} = one.isCured ? {} : one.behaviour
    const age = clock.monotonic() - one.startedAt
    if (one.befallen === 'exited' || age >= exitsAfterMs)
      return {...one.instance, health: 'exited', detail: 'exit code 1'}
    if (age < startsInMs) return {...one.instance, health: 'starting'}
    return {...one.instance, health: one.befallen ?? 'healthy'}
  }

  return {
    start: async spec => ok(add(spec, clock.monotonic())),
    read: async service => ok(running.filter(({instance}) => instance.service === service).map(seen)),
    stop: async (service, pool) => {
      running = running.filter(one => !isOf(service, pool)(one))
      return ok(undefined)
    },
    list: async () => ok(running.map(seen)),
    runs: spec => add({...spec, rollout: 'before'}, LONG_AGO),
    befall: (service, pool, health, most = Infinity) => {
      const some = running.filter(isOf(service, pool)).slice(0, most)
      if (some.length === 0) throw new Error(`nothing runs of ${service} ${pool}`)
      for (const one of some) {
        one.isCured = health === 'healthy'
        if (health === 'healthy') delete one.befallen
        else one.befallen = health
      }
    },
    get instances() {
      return running.map(seen)
    },
  }
}
