import type {ContainerCreateOptions, HealthConfig, HostConfig} from 'dockerode'
import type {HealthcheckConfig, RunConfig} from '../../../core/config/config.ts'
import type {PoolSpec} from '../../../ports/runtime.ts'
import {labelsOf} from './labels.ts'

/** The n-th container of a pool has this name and no other, so that nobody can make it twice. */
export function nameOf(spec: PoolSpec, ordinal: number): string {
  return `${poolNameOf(spec)}-${ordinal}`
}

export function poolNameOf({system, environment, service, pool}: PoolSpec): string {
  return [system, environment, service, pool].map(name => name.replaceAll(/[^\w.-]/g, '_')).join('-')
}

/** The image of the release; undefined where the file names none. */
export function imageOf({run, state}: Pick<PoolSpec, 'run' | 'state'>): string | undefined {
  return run.image?.replaceAll('{version}', state.release)
}

/** Where a container's port is published: an address of its host, and a port there. */
export interface Published {
  readonly ip: string
  readonly port: number
}

/** All that one container is made with. Networks beyond the first are joined before it is started. */
export function containerOf(
  spec: PoolSpec,
  made: {readonly image: string; readonly ordinal: number; readonly published: Published},
): ContainerCreateOptions {
  const {run} = spec
  const inside = run.port === undefined ? undefined : `${run.port}/tcp`
  return {
    Image: made.image,
    Labels: labelsOf(spec, made.ordinal),
    Env: envOf(spec),
    ...(run.args && {Cmd: [...run.args]}),
    ...(run.user !== undefined && {User: run.user}),
    ...(run.healthcheck && {Healthcheck: healthcheckOf(run.healthcheck)}),
    ...(inside !== undefined && {ExposedPorts: {[inside]: {}}}),
    HostConfig: {
      ...(inside !== undefined && {
        PortBindings: {[inside]: [{HostIp: made.published.ip, HostPort: String(made.published.port)}]},
      }),
      ...limitsOf(run),
    },
  }
}

/** `NAME=value`, as containers and Swarm services want them. */
export function envOf({run, service, state}: PoolSpec): string[] {
  const env = {
    ...run.env,
    ...(run.port !== undefined && {PORT: String(run.port)}),
    SLUICE_SERVICE: service,
    SLUICE_RELEASE: state.release,
    SLUICE_MODE: state.mode ?? '',
  }
  return Object.entries(env).map(([name, value]) => `${name}=${value}`)
}

const NANO = 1e9
const NS_PER_MS = 1e6

export function healthcheckOf({test, intervalMs, timeoutMs, retries}: HealthcheckConfig): HealthConfig {
  return {
    Test: ['CMD', ...test],
    Interval: intervalMs * NS_PER_MS,
    Timeout: timeoutMs * NS_PER_MS,
    Retries: retries,
  }
}

/** What is not there is Docker's to decide. */
function limitsOf({volumes, tmpfs, networks, resources, readOnly, restart}: RunConfig): HostConfig {
  const {memoryBytes, cpus} = resources ?? {}
  return {
    ...(volumes && {Binds: [...volumes]}),
    ...(tmpfs && {Tmpfs: Object.fromEntries(tmpfs.map(path => [path, '']))}),
    ...(networks?.[0] !== undefined && {NetworkMode: networks[0]}),
    ...(memoryBytes !== undefined && {Memory: memoryBytes}),
    ...(cpus !== undefined && {NanoCpus: Math.round(cpus * NANO)}),
    ...(readOnly !== undefined && {ReadonlyRootfs: readOnly}),
    ...(restart !== undefined && {RestartPolicy: {Name: restart}}),
  }
}
