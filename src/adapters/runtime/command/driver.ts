import {mkdir} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {failure, type Problem} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import type {DurationMs} from '../../../core/base/units.ts'
import type {DriverConfig, RunConfig} from '../../../core/config/config.ts'
import {poolIdOf} from '../../../core/rollout/pool.ts'
import type {Instance, PoolId, Runtime} from '../../../ports/runtime.ts'
import {readIfThere, replaceFile} from '../../files.ts'
import {inTurn} from '../../in-turn.ts'
import {readOptions} from '../../options.ts'
import {healthOf} from '../health.ts'
import {type Notes, notesIn} from '../notes.ts'
import type {RuntimePlace} from '../place.ts'
import {ask} from './ask.ts'
import {COMMAND_OPTIONS, missingVerbs} from './options.ts'
import {PROTOCOL, type Request, type Told} from './protocol.ts'
import {readInstances} from './read.ts'

/** What the driver is opened with. */
export interface CommandOptions {
  readonly system: string
  readonly environment: string
  /** The user's own commands, by what they do. */
  readonly commands: Readonly<Record<Request['do'], readonly string[]>>
  /** Where they run: the folder of `sluice.yaml`. */
  readonly root: string
  /** For what the driver has to remember: health paths, and who has been healthy. */
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  /** How long a command may take; `stop` has the time to drain besides. */
  readonly timeoutMs: DurationMs
}

const TIMEOUT_MS = 60_000

/** As the registry opens it: `runtime: { driver: command, start: ops/start, stop: ops/stop, status: ops/status }`. */
export async function openCommandRuntime(
  options: DriverConfig['options'],
  place: RuntimePlace,
): Promise<Result<Runtime>> {
  const key = `environments.${place.environment}.runtime`
  const read = readOptions(options, COMMAND_OPTIONS, {driver: 'command', file: place.file, key})
  if (!read.ok) return read
  const {start, stop, status, timeout = TIMEOUT_MS} = read.value
  if (!start || !stop || !status) {
    const problems = missingVerbs(options).map(
      ({message, hint}): Problem => ({file: place.file, line: 1, column: 1, message: `${key}: ${message}`, hint}),
    )
    return fail(failure('config-invalid', {message: `the options of ${key} are wrong`, problems}))
  }
  await mkdir(place.folder, {recursive: true, mode: 0o700})
  const {system, environment, folder, env} = place
  const own = {system, environment, folder, root: dirname(place.file), env: definedOnly(env)}
  return ok(commandRuntime({...own, commands: {start, stop, status}, timeoutMs: timeout}))
}

/** Instances by commands of the user's own: systemd, ansible, nomad, whatever starts programs. */
export function commandRuntime(options: CommandOptions): Runtime {
  const {system, environment, commands, root, folder, env, timeoutMs} = options
  const notes = notesIn(join(folder, 'healthy'))
  const turn = inTurn()
  const say = (request: Request, extraMs: DurationMs = 0) =>
    ask(request, {command: commands[request.do], folder: root, env, timeoutMs: timeoutMs + extraMs})
  const healthFile = (service: string, pool: PoolId) => join(folder, `${encodeURIComponent(`${service} ${pool}`)}.json`)

  const list = async (): Promise<Result<readonly Instance[]>> => {
    const printed = await say({sluiceRuntime: PROTOCOL, do: 'status', system, environment})
    if (!printed.ok) return printed
    const told = readInstances(printed.value)
    if (!told.ok) return told
    await notes.keepOnly(new Set(told.value.map(({id}) => noteOf(id))))
    return ok(await Promise.all(told.value.map(one => seen(one))))
  }

  const seen = async (told: Told): Promise<Instance> => {
    const {id, service, release, mode, rollout, address, detail} = told
    const state = {release, mode}
    const pool = poolIdOf(state)
    const life = await lifeOf(told, await healthOfPool(healthFile(service, pool)), notes)
    return {id, service, pool, state, rollout, address, ...(detail !== undefined && {detail}), ...life}
  }

  return {
    start: ({service, pool, state, rollout, replicas, run, folder: files = null}) =>
      turn(`${service} ${pool}`, async () => {
        await replaceFile(healthFile(service, pool), JSON.stringify(run.health ?? null))
        const named = {system, environment, service, ...state, pool}
        const request = {...named, rollout, replicas, folder: files, run}
        return nothing(await say({sluiceRuntime: PROTOCOL, do: 'start', ...request}))
      }),
    read: async service => {
      const all = await list()
      return all.ok ? ok(all.value.filter(one => one.service === service)) : all
    },
    stop: (service, pool, drainMs) =>
      turn(`${service} ${pool}`, async () => {
        const [release = '', mode = null] = pool.split('~')
        const named = {system, environment, service, release, mode, pool}
        return nothing(await say({sluiceRuntime: PROTOCOL, do: 'stop', ...named, drainMs}, drainMs))
      }),
    list,
  }
}

type Life = Pick<Instance, 'health' | 'detail'>

const HINT = '(the program has to listen where the status command says it does)'

/** What runs is asked for its health by Sluice itself; that it has been healthy once makes a bad answer an illness. */
async function lifeOf(told: Told, health: RunConfig['health'], notes: Notes): Promise<Life> {
  if (told.state !== 'running') return {health: told.state}
  const {well, said} = await healthOf(told.address, health, HINT)
  if (well) {
    await notes.note(noteOf(told.id))
    return {health: 'healthy'}
  }
  return {health: notes.isNoted(noteOf(told.id)) ? 'unhealthy' : 'starting', detail: said}
}

/** The health check that the pool was started with; where that is lost, it is enough that somebody listens. */
async function healthOfPool(file: string): Promise<RunConfig['health']> {
  try {
    return (JSON.parse((await readIfThere(file)) ?? 'null') as RunConfig['health'] | null) ?? undefined
  } catch {
    return undefined
  }
}

/** An id as the name of a file. */
function noteOf(id: string): string {
  return encodeURIComponent(id)
}

function nothing(printed: Result<string>): Result<void> {
  return printed.ok ? ok(undefined) : printed
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
