import {createHash} from 'node:crypto'
import type {CreateServiceOptions, MountSettings, ResourceRequirements} from 'dockerode'
import type {RunConfig} from '../../../core/config/config.ts'
import type {PoolSpec} from '../../../ports/runtime.ts'
import {envOf, healthcheckOf, poolNameOf} from '../docker/container.ts'
import {labelsOf} from '../docker/labels.ts'

const LONGEST_NAME = 63
const HASH_LENGTH = 6

/** A pool is one service, and has this name and no other. Swarm allows no dots, so a hash keeps `1.0` and `1-0` apart. */
export function serviceNameOf(spec: PoolSpec): string {
  const whole = poolNameOf(spec)
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, HASH_LENGTH)
  const plain = whole.replaceAll(/[^A-Za-z0-9-]/g, '-').slice(0, LONGEST_NAME - HASH_LENGTH - 1)
  return `${plain}-${hash}`
}

const NS_PER_MS = 1e6
const DEFAULT_DRAIN_MS = 30_000
/** One that has ended by itself is seen for this long before another takes its place. */
const RESTART_DELAY_MS = 5_000

/**
 * The pool as a Swarm service: each task at a port of its node that the node chooses, so that several fit on one. Swarm
 * puts another in the place of a task whose node is gone; that it also does so for one that crashed is told by
 * {@link RESTART_DELAY_MS} and by the task's history.
 */
export function serviceOf(spec: PoolSpec, image: string, constraints: readonly string[]): CreateServiceOptions {
  const {run, replicas} = spec
  return {
    Name: serviceNameOf(spec),
    Labels: labelsOf(spec),
    Mode: {Replicated: {Replicas: replicas}},
    TaskTemplate: {
      ContainerSpec: {
        Image: image,
        Env: envOf(spec),
        StopGracePeriod: (run.stop?.drainMs ?? DEFAULT_DRAIN_MS) * NS_PER_MS,
        ...(run.args && {Args: [...run.args]}),
        ...(run.user !== undefined && {User: run.user}),
        ...(run.readOnly !== undefined && {ReadOnly: run.readOnly}),
        ...(run.healthcheck && {HealthCheck: healthcheckOf(run.healthcheck)}),
        Mounts: mountsOf(run),
      },
      Resources: resourcesOf(run),
      RestartPolicy: {Condition: 'any', Delay: RESTART_DELAY_MS * NS_PER_MS},
      Placement: {Constraints: [...constraints]},
      ...(run.networks && {Networks: run.networks.map(Target => ({Target}))}),
    },
    EndpointSpec: {
      Ports: run.port === undefined ? [] : [{Protocol: 'tcp', TargetPort: run.port, PublishMode: 'host'}],
    },
  }
}

function mountsOf({volumes = [], tmpfs = []}: RunConfig): MountSettings[] {
  return [
    ...volumes.map((volume): MountSettings => {
      const [source = '', target = '', access] = volume.split(':')
      return {
        Type: source.startsWith('/') ? 'bind' : 'volume',
        Source: source,
        Target: target,
        ReadOnly: access === 'ro',
      }
    }),
    ...tmpfs.map((target): MountSettings => ({Type: 'tmpfs', Source: '', Target: target})),
  ]
}

const NANO = 1e9

function resourcesOf({resources}: RunConfig): ResourceRequirements {
  const {memoryBytes, cpus} = resources ?? {}
  return {
    Limits: {
      ...(memoryBytes !== undefined && {MemoryBytes: memoryBytes}),
      ...(cpus !== undefined && {NanoCPUs: Math.round(cpus * NANO)}),
    },
  }
}
