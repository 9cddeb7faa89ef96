import {join} from 'node:path'
import type Docker from 'dockerode'
import type {Service} from 'dockerode'
import {by} from '../../../core/base/order.ts'
import {failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import type {DurationMs} from '../../../core/base/units.ts'
import type {DriverConfig} from '../../../core/config/config.ts'
import type {Instance, PoolSpec, Runtime} from '../../../ports/runtime.ts'
import {inTurn} from '../../in-turn.ts'
import {imageOf} from '../docker/container.ts'
import {credentialsFor} from '../../docker/credentials.ts'
import {nothingToRun} from '../docker/driver.ts'
import {filterOf, marksIn} from '../docker/labels.ts'
import {type OnEngines, onEngines} from '../docker/open.ts'
import {guarded, isAny, unless} from '../../docker/trouble.ts'
import {notesIn} from '../notes.ts'
import type {RuntimePlace} from '../place.ts'
import {serviceNameOf, serviceOf} from './service.ts'
import {instancesIn, type Task} from './task.ts'

/** As the registry opens it: `runtime: { driver: swarm, host: "ssh://deploy@manager", constraints: [node.role==worker] }`. */
export function openSwarmRuntime(options: DriverConfig['options'], place: RuntimePlace): Promise<Result<Runtime>> {
  return onEngines('swarm', options, place, swarmRuntime)
}

type Wanted = Parameters<typeof filterOf>[1]

/** How long Swarm may take beyond the time to drain until the last task of a service is gone. */
const GONE_MS: DurationMs = 30_000
const POLL_MS: DurationMs = 100

/**
 * A pool as a Swarm service, its instances as the tasks of it: spread over the nodes by Swarm, each at a port of its node.
 * Where a node is drained or lost, Swarm starts its tasks elsewhere, and the next look finds them there.
 */
function swarmRuntime({owner, engines: [engine], settings, folder, clock, env}: OnEngines): Runtime {
  const {docker} = engine
  const turn = inTurn()
  const notes = notesIn(join(folder, 'healthy'))

  const services = (wanted: Wanted = {}): Promise<readonly Service[]> =>
    docker.listServices({filters: {label: filterOf(owner, wanted)}})

  async function seen(wanted: Wanted = {}): Promise<Result<readonly Instance[]>> {
    const found = await services(wanted)
    if (found.length === 0) return ok([])
    const [tasks, nodes] = await Promise.all([tasksOf(docker, found), addressesOf(docker)])
    const judging = {docker, notes, now: () => clock.now(), addressOf: (node: string) => nodes.get(node)}
    const pools = await Promise.all(
      found.map(async service => {
        const marks = marksIn(service.Spec?.Labels ?? {})
        return marks
          ? instancesIn(
              tasks.filter(({ServiceID}) => ServiceID === service.ID),
              marks,
              judging,
            )
          : []
      }),
    )
    return ok(pools.flat().toSorted(by(({id}) => id)))
  }

  async function start(spec: PoolSpec): Promise<Result<void>> {
    const image = imageOf(spec)
    if (image === undefined) return fail(nothingToRun(spec))
    const wish = serviceOf(spec, image, settings.constraints)
    const auth = await credentialsFor(image, env)
    // Somebody made it before.
    const made = await unless(409, undefined, auth ? docker.createService(auth, wish) : docker.createService(wish))
    if (made) return ok(undefined)
    const service = docker.getService(serviceNameOf(spec))
    const {Spec, Version} = (await service.inspect()) as Service
    const replicas = Spec?.Mode?.Replicated?.Replicas ?? 0
    if (replicas >= spec.replicas) return ok(undefined)
    await service.update({...Spec, version: Version?.Index, Mode: {Replicated: {Replicas: spec.replicas}}})
    return ok(undefined)
  }

  async function stop(wanted: Wanted, drainMs: DurationMs): Promise<Result<void>> {
    const found = await services(wanted)
    await Promise.all(found.map(({ID}) => isAny([404], docker.getService(ID).remove())))
    const deadline = clock.monotonic() + drainMs + GONE_MS
    while (await isAnyThere(docker, found)) {
      if (clock.monotonic() > deadline) return fail(unending(found))
      await clock.sleep(POLL_MS)
    }
    return ok(undefined)
  }

  const asked = <T>(verb: () => Promise<Result<T>>) => guarded(engine.name, verb)

  return {
    byImage: true,
    start: spec => turn(`${spec.service} ${spec.pool}`, () => asked(() => start(spec))),
    read: service => asked(() => seen({service})),
    stop: (service, pool, drainMs) => turn(`${service} ${pool}`, () => asked(() => stop({service, pool}, drainMs))),
    list: () => asked(() => seen()),
  }
}

/** Of services that are removed, too: their tasks stay until their containers are gone. */
async function tasksOf(docker: Docker, services: readonly Service[]): Promise<readonly Task[]> {
  const ids = new Set(services.map(({ID}) => ID))
  const tasks = (await docker.listTasks()) as unknown as readonly Task[]
  return tasks.filter(({ServiceID}) => ids.has(ServiceID))
}

const OVER = new Set(['complete', 'failed', 'rejected', 'shutdown', 'orphaned', 'remove'])

/** What a node runs that is down takes no requests, and is ended when the node is back. */
async function isAnyThere(docker: Docker, services: readonly Service[]): Promise<boolean> {
  const [tasks, nodes] = await Promise.all([tasksOf(docker, services), addressesOf(docker)])
  return tasks.some(({Status, NodeID}) => !OVER.has(Status.State) && NodeID !== undefined && nodes.has(NodeID))
}

/** The addresses of nodes that are up. */
async function addressesOf(docker: Docker): Promise<ReadonlyMap<string, string>> {
  const nodes = (await docker.listNodes()) as readonly {
    readonly ID: string
    readonly Status: {readonly State: string; readonly Addr: string}
  }[]
  return new Map(nodes.flatMap(({ID, Status}) => (Status.State === 'ready' ? [[ID, Status.Addr] as const] : [])))
}

function unending(services: readonly Service[]) {
  const names = services.map(({Spec}) => Spec?.Name ?? '').join(', ')
  return failure('runtime-failed', {
    message: `the tasks of ${names} do not end`,
    hint: 'see `docker node ls`: the tasks of a node that is down end when it is back, or is removed',
  })
}
