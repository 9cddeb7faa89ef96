import {join} from 'node:path'
import type {Container, ContainerInspectInfo} from 'dockerode'
import {by} from '../../../core/base/order.ts'
import {type Failure, failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import type {DurationMs} from '../../../core/base/units.ts'
import type {DriverConfig} from '../../../core/config/config.ts'
import type {Instance, PoolSpec, Runtime} from '../../../ports/runtime.ts'
import {inTurn} from '../../in-turn.ts'
import type {RuntimePlace} from '../place.ts'
import {imageOf} from './container.ts'
import type {Engine} from '../../docker/engine.ts'
import {ensureImage} from '../../docker/image.ts'
import {filterOf, ordinalIn} from './labels.ts'
import {begin, make} from './make.ts'
import {notesIn} from '../notes.ts'
import {observe, shortId} from './observe.ts'
import {type OnEngines, onEngines} from './open.ts'
import {guarded, isAny, unless} from '../../docker/trouble.ts'

/** As the registry opens it: `runtime: { driver: docker, hosts: ["ssh://deploy@10.0.0.5"] }`. */
export function openDockerRuntime(options: DriverConfig['options'], place: RuntimePlace): Promise<Result<Runtime>> {
  return onEngines('docker', options, place, dockerRuntime)
}

/** A container where it is. */
interface Placed {
  readonly engine: Engine
  readonly container: Container
  readonly labels: Readonly<Record<string, string>>
}

type Wanted = Parameters<typeof filterOf>[1]

/**
 * Instances as containers of one or more engines. Their labels say all there is to know of them, and their names, which
 * an engine gives out only once, keep two operators from starting the same one twice.
 */
function dockerRuntime({owner, engines, settings, folder, clock, env}: OnEngines): Runtime {
  const turn = inTurn()
  const notes = notesIn(join(folder, 'healthy'))
  const judging = {notes, now: () => clock.now()}

  const onAll = async <T>(verb: (engine: Engine) => Promise<Result<T>>): Promise<Result<readonly T[]>> => {
    const answers = await Promise.all(engines.map(engine => guarded(engine.name, () => verb(engine))))
    const failed = answers.find(answer => !answer.ok)
    return failed ?? ok(answers.flatMap(answer => (answer.ok ? [answer.value] : [])))
  }

  const find = async (wanted: Wanted = {}): Promise<Result<readonly Placed[]>> => {
    const found = await onAll(async engine => {
      const listed = await engine.docker.listContainers({all: true, filters: {label: filterOf(owner, wanted)}})
      return ok(listed.map(({Id, Labels}) => ({engine, container: engine.docker.getContainer(Id), labels: Labels})))
    })
    return found.ok ? ok(found.value.flat()) : found
  }

  const seen = async (wanted: Wanted = {}): Promise<Result<readonly Instance[]>> => {
    const found = await find(wanted)
    if (!found.ok) return found
    const looks = await Promise.all(found.value.map(look))
    const failed = looks.find(one => !one.ok)
    if (failed && !failed.ok) return failed
    return ok(looks.flatMap(one => (one.ok && one.value ? [one.value] : [])).toSorted(by(({id}) => id)))
  }

  /** Undefined for what went away meanwhile. */
  const look = ({engine, container}: Placed): Promise<Result<Instance | undefined>> =>
    guarded(engine.name, async () => {
      const info = await unless(404, undefined, container.inspect())
      return ok(info && (await observe(container, info, judging, engine.publish)))
    })

  async function start(spec: PoolSpec): Promise<Result<void>> {
    const image = imageOf(spec)
    if (image === undefined) return fail(nothingToRun(spec))
    const found = await find({service: spec.service, pool: spec.pool})
    if (!found.ok) return found
    const there = new Set(found.value.map(({labels}) => ordinalIn(labels)))
    const placed = found.value
    const unbegun = await revive(placed)
    if (!unbegun.ok) return unbegun
    const missing = Array.from({length: spec.replicas}, (_, index) => index + 1).filter(one => !there.has(one))
    const homes: Engine[] = placed.map(({engine}) => engine)
    const made = missing.map(ordinal => {
      const engine = emptiest(homes)
      homes.push(engine)
      return guarded(engine.name, async () => {
        const ready = await ensureImage(engine, image, env)
        return ready.ok ? make(engine, spec, {image, ordinal, ports: settings.ports}) : ready
      })
    })
    return (await Promise.all(made)).find(one => !one.ok) ?? ok(undefined)
  }

  /** Those that were made and never started, since their maker was killed. */
  async function revive(placed: readonly Placed[]): Promise<Result<void>> {
    for (const {engine, container} of placed) {
      const begun = await guarded(engine.name, async () => {
        const info = await unless<ContainerInspectInfo | undefined>(404, undefined, container.inspect())
        if (info?.State.Status === 'created') await begin(container)
        return ok(undefined)
      })
      if (!begun.ok) return begun
    }
    return ok(undefined)
  }

  /** @param homes of the containers that there are */
  function emptiest(homes: readonly Engine[]): Engine {
    const load = (engine: Engine) => homes.filter(one => one === engine).length
    return engines.reduce((least, engine) => (load(engine) < load(least) ? engine : least))
  }

  async function end({engine, container}: Placed, drainMs: DurationMs): Promise<Result<void>> {
    return guarded(engine.name, async () => {
      // Stopped already, gone already, or somebody else is about to remove it.
      await isAny([304, 404, 409], container.stop({t: Math.ceil(drainMs / 1000)}))
      await isAny([404, 409], container.remove({force: true, v: true}))
      return ok(undefined)
    })
  }

  async function stop(wanted: Wanted, drainMs: DurationMs): Promise<Result<void>> {
    const found = await find(wanted)
    if (!found.ok) return found
    const ends = await Promise.all(found.value.map(one => end(one, drainMs)))
    const left = await find()
    if (left.ok) await notes.keepOnly(new Set(left.value.map(({container}) => shortId(container.id))))
    return ends.find(ended => !ended.ok) ?? ok(undefined)
  }

  return {
    byImage: true,
    prepare: async (spec, told) => {
      const image = imageOf(spec)
      if (image === undefined) return fail(nothingToRun(spec))
      const pulled = await onAll(engine => ensureImage(engine, image, env, told))
      return pulled.ok ? ok(undefined) : pulled
    },
    start: spec => turn(`${spec.service} ${spec.pool}`, () => start(spec)),
    read: service => seen({service}),
    stop: (service, pool, drainMs) => turn(`${service} ${pool}`, () => stop({service, pool}, drainMs)),
    list: () => seen(),
  }
}

export function nothingToRun({service}: Pick<PoolSpec, 'service'>): Failure {
  return failure('driver-unable', {
    message: `${service} cannot run in a container: services.${service}.run.image is missing`,
    hint: 'set it to an image, like acme/accounts:{version}, or use another runtime driver',
  })
}
