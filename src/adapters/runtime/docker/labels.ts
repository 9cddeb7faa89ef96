import type {ServiceName, State} from '../../../core/graph/system.ts'
import {type Instance, type PoolSpec, poolIdOf} from '../../../ports/runtime.ts'

/** What every container says of itself. Nothing else is needed to find it again, nor to know what it is. */
export interface Marks extends Pick<Instance, 'service' | 'pool' | 'state' | 'rollout'> {
  /** The inside port at which it answers; absent where it serves nothing. */
  readonly port?: number
  readonly health?: {readonly path: string; readonly timeoutMs: number}
}

/** Whose containers these are. */
export interface Owner {
  readonly system: string
  readonly environment: string
}

const PREFIX = 'sluice'

/** @param ordinal which one of its pool it is, counted from 1; a Swarm service is the whole pool and has none */
export function labelsOf(spec: PoolSpec, ordinal?: number): Record<string, string> {
  const {service, pool, state, rollout, run} = spec
  return prefixed({
    system: spec.system,
    environment: spec.environment,
    service,
    release: state.release,
    mode: state.mode ?? '',
    pool,
    rollout,
    ...(ordinal !== undefined && {ordinal: String(ordinal)}),
    ...(run.port !== undefined && {port: String(run.port)}),
    ...(run.health && {'health.path': run.health.path, 'health.timeout': String(run.health.timeoutMs)}),
  })
}

/** Undefined where somebody else wrote the labels. */
export function marksIn(labels: Readonly<Record<string, string>>): Marks | undefined {
  const label = (name: string) => labels[`${PREFIX}.${name}`]
  const [service, release, mode, port, path] = ['service', 'release', 'mode', 'port', 'health.path'].map(label)
  if (!service || !release) return undefined
  const state: State = {release, mode: mode || null}
  return {
    service,
    state,
    pool: label('pool') ?? poolIdOf(state),
    rollout: label('rollout') ?? '',
    ...(port && {port: Number(port)}),
    ...(path && {health: {path, timeoutMs: Number(label('health.timeout') ?? 0)}}),
  }
}

/** Which one of its pool it is; 0 where it says nothing. */
export function ordinalIn(labels: Readonly<Record<string, string>>): number {
  return Number(labels[`${PREFIX}.ordinal`] ?? 0)
}

/** As the `label` filter of a list wants it. */
export function filterOf({system, environment}: Owner, more: Partial<Record<'service' | 'pool', ServiceName>> = {}) {
  return Object.entries(prefixed({system, environment, ...more})).map(([name, value]) => `${name}=${value}`)
}

function prefixed(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [`${PREFIX}.${name}`, value]))
}
