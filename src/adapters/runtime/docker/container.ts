import type {ContainerCreateOptions} from 'dockerode'
import type {PoolSpec} from '../../../ports/runtime.ts'
import {labelsOf} from './labels.ts'

/** The n-th container of a pool has this name and no other, so that nobody can make it twice. */
export function nameOf({system, environment, service, pool}: PoolSpec, ordinal: number): string {
  return `${plain(system)}-${plain(environment)}-${plain(service)}-${plain(pool)}-${ordinal}`
}

function plain(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '_')
}

/** The image of the release; undefined where the file names none. */
export function imageOf({run, state}: Pick<PoolSpec, 'run' | 'state'>): string | undefined {
  return run.image?.replaceAll('{version}', state.release)
}

/** All that one container is made with. Docker chooses the outside port, which is read back. */
export function containerOf(spec: PoolSpec, image: string, publish: string): ContainerCreateOptions {
  const {run} = spec
  const inside = run.port === undefined ? undefined : `${run.port}/tcp`
  return {
    Image: image,
    Labels: labelsOf(spec),
    Env: Object.entries(environmentOf(spec)).map(([name, value]) => `${name}=${value}`),
    ...(run.command && {Cmd: [...run.command]}),
    ...(inside && {ExposedPorts: {[inside]: {}}}),
    HostConfig: {...(inside && {PortBindings: {[inside]: [{HostIp: publish, HostPort: ''}]}})},
  }
}

function environmentOf({run, service, state}: PoolSpec): Record<string, string> {
  return {
    ...run.env,
    ...(run.port !== undefined && {PORT: String(run.port)}),
    SLUICE_SERVICE: service,
    SLUICE_RELEASE: state.release,
    SLUICE_MODE: state.mode ?? '',
  }
}
