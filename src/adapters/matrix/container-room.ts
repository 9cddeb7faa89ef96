import {once} from 'node:events'
import {createWriteStream} from 'node:fs'
import {mkdir, stat} from 'node:fs/promises'
import {hostname} from 'node:os'
import {join} from 'node:path'
import {finished} from 'node:stream/promises'
import type Docker from 'dockerode'
import type {Container, ContainerCreateOptions} from 'dockerode'
import type {MatrixContainer} from '../../core/config/config.ts'
import {type NoAnswer, noAnswer} from '../../core/matrix/no-answer.ts'
import {ok} from '../../core/base/result.ts'
import {clock, LONGEST_TIMER_MS} from '../clock.ts'
import type {Engine} from '../docker/engine.ts'
import {engineHere} from '../docker/here.ts'
import {ensureImage} from '../docker/image.ts'
import {guarded} from '../docker/trouble.ts'
import {containerEnvironment} from './container-environment.ts'
import type {Line} from './ecosystem.ts'
import {type BareEnd, type ProgramEnd, tailOf} from './program.ts'
import type {CellPlace, Room} from './room.ts'
import {isRunning, type Workbench} from './workbench.ts'

/** Says which process of which machine a container of a cell belongs to, so that none outlives it for long. */
const OWNER_LABEL = 'sluice.matrix'

/** What ended by itself and what was ended look alike from outside. */
const SIGKILLED = 137

/**
 * A container for each command line: the cell's folder under its own path, the clone that its checkout borrows from to
 * read, and nothing else of this machine. Its memory, processors and processes are limited, it has no capabilities, and
 * it is gone when the line has ended, with everything that was started in it.
 */
export async function containerRoom(
  bench: Workbench,
  asked: MatrixContainer,
  mirror: string,
): Promise<Room | NoAnswer> {
  const found = await engine(bench.env)
  if ('code' in found) return found
  const image = await imageIn(found, asked.image, bench.env)
  if (typeof image !== 'string') return image
  const {docker} = found
  const swept = await guarded(found.name, async () => ok(await sweep(docker)))
  if (!swept.ok) return noAnswer('no-container', swept.failure.message)
  const downloads = join(bench.cache, 'downloads')
  await mkdir(downloads, {recursive: true})
  const house: House = {bench, asked, docker, engine: found.name, image, mirror, downloads}
  const versions = new Map<string, Promise<string | undefined>>()
  return {
    name: `in ${image}`,
    run: (line, place) => run(house, line, place),
    version(command) {
      const key = command.join(' ')
      const answer = versions.get(key) ?? versionIn(house, command)
      versions.set(key, answer)
      return answer
    },
  }
}

/** What all containers of one service share. */
interface House {
  readonly bench: Workbench
  readonly asked: MatrixContainer
  readonly docker: Docker
  /** For people. */
  readonly engine: string
  /** The identity of the image: a name may be given to another one any time. */
  readonly image: string
  readonly mirror: string
  /** Caches of package managers. */
  readonly downloads: string
}

/** Folders are shared with the container, so that the engine must be on this machine. */
async function engine(env: NodeJS.ProcessEnv): Promise<Engine | NoAnswer> {
  const found = await engineHere(env)
  if (!found.ok) return noAnswer('no-container', found.failure.message)
  const {docker, name} = found.value
  if (!name.startsWith('unix://')) return noAnswer('no-container', `DOCKER_HOST ${name} is not on this machine`)
  const asked = await guarded(name, async () => ok(await docker.ping()))
  return asked.ok ? found.value : noAnswer('no-container', asked.failure.message)
}

/** Pulled with the user's own credentials where it is not there. */
async function imageIn(found: Engine, name: string, env: NodeJS.ProcessEnv): Promise<string | NoAnswer> {
  const known = await guarded(found.name, async () => {
    const there = await ensureImage(found, name, env)
    return there.ok ? ok((await found.docker.getImage(name).inspect()).Id) : there
  })
  return known.ok ? known.value : noAnswer('image-missing', known.failure.message)
}

/** Of cells whose process is gone. */
async function sweep(docker: Docker): Promise<void> {
  const left = await docker.listContainers({all: true, filters: {label: [OWNER_LABEL]}})
  for (const {Id, Labels} of left) {
    const [host, pid] = (Labels[OWNER_LABEL] ?? '').split(' ')
    if (host === hostname() && !isRunning(Number(pid))) await removed(docker.getContainer(Id))
  }
}

async function run(house: House, line: Line, place: CellPlace): Promise<ProgramEnd> {
  const sink = createWriteStream(place.log, {flags: 'a'})
  await once(sink, 'open')
  const from = (await stat(place.log)).size
  sink.write(`$ ${line.command.join(' ')}\n`)
  try {
    const end = await ended(house, optionsOf(house, line, place), sink)
    sink.end()
    await finished(sink)
    return {...end, output: await tailOf(place.log, from)}
  } finally {
    sink.destroy()
  }
}

/** How it ended, also where the engine went away meanwhile, or refused. */
async function ended(house: House, options: ContainerCreateOptions, sink: NodeJS.WritableStream): Promise<BareEnd> {
  const end = await guarded(house.engine, async () => ok(await endedThere(house, options, sink)))
  return end.ok ? end.value : {is: 'lost', text: end.failure.message}
}

/** Runs a container to its end, or ends it. */
async function endedThere(
  house: House,
  options: ContainerCreateOptions,
  sink: NodeJS.WritableStream,
): Promise<BareEnd> {
  const {signal, timeoutMs} = house.bench
  if (signal.aborted) return {is: 'stopped'}
  const container = await house.docker.createContainer(options)
  try {
    const output = await container.attach({stream: true, stdout: true, stderr: true})
    // That the engine is gone is said by whoever waits for the container.
    output.on('error', () => {})
    container.modem.demuxStream(output, sink, sink)
    if (!(await started(container, sink))) return {is: 'missing'}
    const outOfTime = AbortSignal.timeout(Math.min(timeoutMs, LONGEST_TIMER_MS))
    const given = AbortSignal.any([signal, outOfTime])
    const code = await Promise.race([codeOf(container, given), lostWith(output, container)])
    if (code === undefined) return {is: signal.aborted ? 'stopped' : 'out-of-time'}
    await drained(output)
    const {State} = await container.inspect()
    return code === SIGKILLED && State.OOMKilled ? {is: 'out-of-memory'} : {is: 'exited', code}
  } finally {
    await removed(container)
  }
}

/** False where the image has no such program. */
async function started(container: Container, sink: NodeJS.WritableStream): Promise<boolean> {
  try {
    await container.start()
    return true
  } catch (error) {
    const message = messageOf(error)
    if (!/executable file not found|no such file or directory/i.test(message)) throw error
    sink.write(`${message}\n`)
    return false
  }
}

async function codeOf(container: Container, giveUp: AbortSignal): Promise<number | undefined> {
  if (giveUp.aborted) return undefined
  const given = once(giveUp, 'abort').then(() => undefined)
  const waited = container.wait() as Promise<{readonly StatusCode: number}>
  return Promise.race([given, waited.then(({StatusCode}) => StatusCode)])
}

/**
 * Fails when the engine goes away, of which the wait for a container hears nothing: that answer has begun long before.
 * Otherwise it never ends; how the container does is for others to tell.
 */
async function lostWith(output: NodeJS.ReadWriteStream, container: Container): Promise<never> {
  await finished(output).catch(() => {})
  await container.inspect()
  return new Promise(() => {})
}

/** The last words may come after the end. */
async function drained(output: NodeJS.ReadWriteStream): Promise<void> {
  await Promise.race([finished(output), clock.sleep(LAST_WORDS_MS)]).catch(() => {})
}

const LAST_WORDS_MS = 2000

async function removed(container: Container): Promise<void> {
  await container.remove({force: true, v: true}).catch(() => {})
}

function optionsOf(house: House, line: Line, {folder, checkout}: CellPlace): ContainerCreateOptions {
  const {asked, bench, downloads, mirror} = house
  const env = containerEnvironment(bench.env, {folder, downloads, passed: asked.env}, line)
  return {
    ...imageOptions(house, line.command),
    WorkingDir: checkout,
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    HostConfig: {
      ...limits(asked),
      Binds: [
        `${folder}:${folder}`,
        `${mirror}:${mirror}:ro`,
        ...(line.does === 'fetch' ? [`${downloads}:${downloads}`] : []),
      ],
      NetworkMode: line.does === 'build' && asked.offline ? 'none' : asked.network,
    },
  }
}

function imageOptions({image}: House, command: readonly string[]): ContainerCreateOptions {
  const user = process.getuid && process.getgid ? {User: `${process.getuid()}:${process.getgid()}`} : {}
  return {
    Image: image,
    Entrypoint: [],
    Cmd: [...command],
    Labels: {[OWNER_LABEL]: `${hostname()} ${process.pid}`},
    AttachStdout: true,
    AttachStderr: true,
    ...user,
  }
}

function limits({memoryBytes, cpus}: MatrixContainer): ContainerCreateOptions['HostConfig'] {
  return {
    Memory: memoryBytes,
    MemorySwap: memoryBytes,
    NanoCpus: Math.round(cpus * 1e9),
    PidsLimit: MOST_PROCESSES,
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
  }
}

const MOST_PROCESSES = 2048

/** Asked without any folder or network. */
async function versionIn(house: House, command: readonly string[]): Promise<string | undefined> {
  const {PassThrough} = await import('node:stream')
  const sink = new PassThrough()
  const chunks: Buffer[] = []
  sink.on('data', (chunk: Buffer) => chunks.push(chunk))
  const options = {...imageOptions(house, command), HostConfig: {...limits(house.asked), NetworkMode: 'none'}}
  const end = await ended(house, options, sink)
  if (end.is !== 'exited' || end.code !== 0) return undefined
  return Buffer.concat(chunks).toString('utf8').trim().split('\n')[0]
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
