import {join} from 'node:path'
import type {Container} from 'dockerode'
import {type Failure, failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import type {DurationMs} from '../../../core/base/units.ts'
import type {DriverConfig} from '../../../core/config/config.ts'
import type {Clock} from '../../../ports/clock.ts'
import type {Instance, PoolSpec, Runtime} from '../../../ports/runtime.ts'
import {inTurn} from '../../in-turn.ts'
import {type OptionReader, readOptions} from '../../options.ts'
import type {RuntimePlace} from '../place.ts'
import {containerOf, imageOf, nameOf} from './container.ts'
import {type Engine, engineAt} from './engine.ts'
import {filterOf, type Owner} from './labels.ts'
import {notesIn} from '../notes.ts'
import {observe, shortId} from './observe.ts'
import {guarded, statusOf, unless} from './trouble.ts'

/** What the driver is opened with. */
export interface DockerOptions {
  readonly owner: Owner
  readonly engine: Engine
  /** Where it is kept which containers have been healthy. */
  readonly folder: string
  readonly clock: Clock
}

/** What the driver's own keys in `sluice.yaml` say. */
interface Options {
  readonly socket: string
}

const path: OptionReader<string> = {
  read: value => (typeof value === 'string' && value.startsWith('/') ? value : undefined),
  wants: 'a path from the root, like /var/run/docker.sock',
}

/** As the registry opens it: `runtime: { driver: docker, socket: /var/run/docker.sock }`. */
export async function openDockerRuntime(
  options: DriverConfig['options'],
  place: RuntimePlace,
): Promise<Result<Runtime>> {
  const {file, system, environment, folder, clock} = place
  const whose = {driver: 'docker', file, key: `environments.${environment}.runtime`}
  const read = readOptions<Options>(options, {socket: path}, whose)
  if (!read.ok) return read
  const engine = await engineAt(read.value.socket ?? '/var/run/docker.sock')
  return ok(dockerRuntime({owner: {system, environment}, engine, folder, clock}))
}

/**
 * Instances as containers of one engine. Their labels say all there is to know of them, and their names, which the
 * engine gives out only once, keep two operators from starting the same one twice.
 */
export function dockerRuntime({owner, engine, folder, clock}: DockerOptions): Runtime {
  const {docker} = engine
  const turn = inTurn()
  const notes = notesIn(join(folder, 'healthy'))
  const judging = {notes, now: () => clock.now()}

  const containers = async (more: Parameters<typeof filterOf>[1] = {}): Promise<readonly Container[]> => {
    const listed = await docker.listContainers({all: true, filters: {label: filterOf(owner, more)}})
    return listed.map(({Id}) => docker.getContainer(Id))
  }

  const seen = async (more: Parameters<typeof filterOf>[1] = {}): Promise<readonly Instance[]> => {
    const looks = await Promise.all((await containers(more)).map(look))
    return looks.filter(instance => instance !== undefined).toSorted((a, b) => (a.id < b.id ? -1 : 1))
  }

  /** Undefined for what went away meanwhile. */
  const look = async (container: Container): Promise<Instance | undefined> => {
    const found = await unless(404, undefined, container.inspect())
    return found && observe(container, found, judging)
  }

  async function start(spec: PoolSpec): Promise<Result<void>> {
    const image = imageOf(spec)
    if (image === undefined) return fail(nothingToRun(spec))
    for (let ordinal = 1; ordinal <= spec.replicas; ordinal++) await ensure(spec, image, ordinal)
    return ok(undefined)
  }

  /** One that was made and never started, since its maker was killed, is started; any other is left as it is. */
  async function ensure(spec: PoolSpec, image: string, ordinal: number): Promise<void> {
    const name = nameOf(spec, ordinal)
    const container = await unless(
      409,
      undefined,
      docker.createContainer({name, ...containerOf(spec, image, engine.publish)}),
    )
    const there = container ?? docker.getContainer(name)
    const {State} = await there.inspect()
    if (State.Status === 'created') await begin(there)
  }

  async function begin(container: Container): Promise<void> {
    try {
      await unless(304, undefined, container.start())
    } catch (error) {
      // What cannot even be started must not be taken for one that is there.
      await container.remove({force: true})
      throw error
    }
  }

  async function stop(container: Container, drainMs: DurationMs): Promise<void> {
    const gone = (error: unknown) => statusOf(error) === 404 || statusOf(error) === 304 || statusOf(error) === 409
    await container.stop({t: Math.ceil(drainMs / 1000)}).catch((error: unknown) => {
      if (!gone(error)) throw error
    })
    await container.remove({force: true, v: true}).catch((error: unknown) => {
      if (!gone(error)) throw error
    })
  }

  const asked = <T>(verb: () => Promise<Result<T>>) => guarded(engine.name, verb)

  return {
    start: spec => turn(`${spec.service} ${spec.pool}`, () => asked(() => start(spec))),
    read: service => asked(async () => ok(await seen({service}))),
    stop: (service, pool, drainMs) =>
      turn(`${service} ${pool}`, () =>
        asked(async () => {
          await Promise.all((await containers({service, pool})).map(container => stop(container, drainMs)))
          await notes.keepOnly(new Set((await containers()).map(({id}) => shortId(id))))
          return ok(undefined)
        }),
      ),
    list: () => asked(async () => ok(await seen())),
  }
}

function nothingToRun({service}: PoolSpec): Failure {
  return failure('driver-unable', {
    message: `${service} cannot run in a container: services.${service}.run.image is missing`,
    hint: 'set it to an image, like acme/accounts:{version}, or use another runtime driver',
  })
}
