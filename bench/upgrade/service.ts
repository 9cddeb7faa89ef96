import Docker from 'dockerode'
import {type Swarm, SWARM_IMAGE} from '../../test/support/swarm.ts'
import {eventually} from '../../test/support/eventually.ts'
import {run} from './load.ts'

const PORT = 8080
const NAME = 'accounts'
/** One less than there are nodes, so that the next one has a node with a free port to start on first. */
const TASKS = 2
const NS_PER_MS = 1e6

/** The service as its maker would set it up for `docker service update`: start-first, health-checked, rolled back on failure. */
export async function createService({nodes: [manager]}: Swarm, address: string): Promise<void> {
  const docker = new Docker({socketPath: manager.socket, host: '', protocol: 'http'})
  const test = `fetch('http://127.0.0.1:${PORT}/healthz').then(a => process.exit(a.ok ? 0 : 1), () => process.exit(1))`
  await docker.createService({
    Name: NAME,
    Mode: {Replicated: {Replicas: TASKS}},
    TaskTemplate: {
      ContainerSpec: {
        Image: `${SWARM_IMAGE}:1.0.0`,
        Env: [`PORT=${PORT}`],
        StopGracePeriod: 1000 * NS_PER_MS,
        HealthCheck: {
          Test: ['CMD', 'node', '-e', test],
          Interval: 500 * NS_PER_MS,
          Timeout: 5000 * NS_PER_MS,
          Retries: 3,
        },
      },
    },
    UpdateConfig: {Parallelism: 1, Order: 'start-first', FailureAction: 'rollback'},
    EndpointSpec: {Ports: [{Protocol: 'tcp', TargetPort: PORT, PublishedPort: PORT, PublishMode: 'host'}]},
  })
  await eventually(async () => (await fetch(`http://${address}/`)).ok)
}

/** Until Docker calls it done. */
export async function updateService({nodes: [manager]}: Swarm, ...change: readonly string[]): Promise<void> {
  const update = ['service', 'update', '--no-resolve-image', '-q', ...change, NAME]
  await run(0, '.', 'docker', '-H', `unix://${manager.socket}`, ...update)
}
