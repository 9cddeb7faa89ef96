import {execFile, execFileSync, spawn} from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {promisify} from 'node:util'
import {freeNetwork} from './addresses.ts'
import {endEngineIn, ENGINE_FOLDER, type EngineNetwork, haltEngineIn, NETWORK_FILE} from './engine-run.ts'
import {eventually} from './eventually.ts'

/** A Docker engine of the tests' own. */
export interface Engine {
  readonly folder: string
  /** Path of its unix socket. */
  readonly socket: string
  /** Runs the `docker` program on it and answers what it printed. */
  docker(...args: readonly string[]): string
}

/** An image with test/fixtures/app; its tags are its releases. */
export const APP_IMAGE = 'sluice/app'
const RELEASES = ['1.0.0', '1.1.0', '2.0.0', '3.0.0']

/** Which Docker engine is installed and may be started here; undefined where none is. */
export function dockerVersion(): string | undefined {
  try {
    const said = execFileSync('dockerd', ['--version'], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']})
    return process.getuid?.() === 0 ? /version (\S+?),/.exec(said)?.[1] : undefined
  } catch {
    return undefined
  }
}

/**
 * The engine of this run of the tests, with {@link APP_IMAGE}: the first who asks starts it, all others wait until it has
 * its images, and the run's end ends it.
 */
export async function sharedEngine(): Promise<Engine> {
  const folder = process.env[ENGINE_FOLDER]
  if (folder === undefined) throw new Error(`${ENGINE_FOLDER} names no folder: the run was not set up`)
  const ready = join(folder, 'ready')
  if (claimed(join(folder, 'starter'))) {
    await startEngine(folder)
    writeFileSync(ready, '')
  } else await eventually(() => existsSync(ready))
  return engineIn(folder)
}

/** An engine that a test may break. Whoever starts it ends it. */
export interface OwnEngine extends Engine {
  /** Ends it and its containers, as a machine that goes down does. */
  halt(): Promise<void>
  /** Starts it again on the same files. */
  resume(): Promise<void>
  end(): Promise<void>
}

export async function ownEngine(more: readonly string[] = []): Promise<OwnEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-engine-'))
  return {
    ...(await startEngine(folder, more)),
    halt: () => haltEngineIn(folder),
    resume: async () => void (await startEngine(folder, more)),
    end: () => endEngineIn(folder),
  }
}

/** Starts `dockerd` in the folder, and waits until it answers. */
async function startEngine(folder: string, more: readonly string[] = []): Promise<Engine> {
  spawnEngine(folder, more)
  const engine = await running(folder)
  if (!engine.docker('images', '-q', APP_IMAGE)) await importApp(engine)
  return engine
}

/** The engine in the folder, once it answers. */
export async function running(folder: string): Promise<Engine> {
  const engine = engineIn(folder)
  await eventually(() => saidBy(engine, 'version', '-f', '{{.Server.Version}}'))
  return engine
}

/** What `docker` printed; undefined where it failed, as while an engine is starting. */
export function saidBy(engine: Engine, ...args: readonly string[]): string | undefined {
  try {
    return engine.docker(...args)
  } catch {
    return undefined
  }
}

/** The engine in the folder, whether it answers yet or not. */
export function engineIn(folder: string): Engine {
  const socket = join(folder, 'docker.sock')
  const docker = (...args: readonly string[]) =>
    execFileSync('docker', ['-H', `unix://${socket}`, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {...process.env, DOCKER_CONFIG: folder},
    }).trim()
  return {folder, socket, docker}
}

/**
 * Everything of the engine is its own: files, sockets, bridge and addresses, so that several may run on one machine.
 * Ports are published by its proxy, and the machine's packet filter is left alone.
 */
function spawnEngine(folder: string, more: readonly string[]): void {
  const {bridge, pool} = networkOf(folder)
  const log = openSync(join(folder, 'docker.log'), 'a')
  const own = {
    'data-root': join(folder, 'data'),
    'exec-root': join(folder, 'exec'),
    pidfile: join(folder, 'docker.pid'),
    host: `unix://${join(folder, 'docker.sock')}`,
    bridge,
    'default-address-pool': `base=${pool},size=24`,
    iptables: 'false',
    'ip-masq': 'false',
  }
  const args = Object.entries(own).map(([name, value]) => `--${name}=${value}`)
  spawn('dockerd', [...args, ...more], {stdio: ['ignore', log, log], detached: true}).unref()
}

/** Made with the engine's first start, and there until it ends. */
function networkOf(folder: string): EngineNetwork {
  const file = join(folder, NETWORK_FILE)
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as EngineNetwork
  const number = freeNetwork()
  const bridge = `slu${folder.slice(-6).toLowerCase()}`
  const network = {bridge, pool: `10.${number}.128.0/17`}
  writeFileSync(file, JSON.stringify(network))
  execFileSync('ip', ['link', 'add', bridge, 'address', BRIDGE_MAC, 'type', 'bridge'])
  execFileSync('ip', ['address', 'add', `10.${number}.0.1/24`, 'dev', bridge])
  execFileSync('ip', ['link', 'set', bridge, 'up'])
  return network
}

/**
 * A bridge that is not told its address takes the lowest of its ports, another whenever a container comes or goes: what
 * containers send then goes to where nobody is, for seconds.
 */
export const BRIDGE_MAC = '02:42:00:00:00:01'

/** True for the first who asks. */
export function claimed(path: string): boolean {
  try {
    writeFileSync(path, '', {flag: 'wx'})
    return true
  } catch {
    return false
  }
}

/** Gives the engine {@link APP_IMAGE}, without any registry. */
export async function importApp({socket}: Engine, name = APP_IMAGE): Promise<void> {
  const docker = (...args: readonly string[]) => run('docker', ['-H', `unix://${socket}`, ...args])
  const [first = '', ...others] = RELEASES.map(release => `${name}:${release}`)
  const changes = ['ENV PATH=/usr/local/bin', 'ENV APP_HOST=0.0.0.0', 'CMD ["node","/app/server.mjs"]']
  await docker('import', ...changes.flatMap(change => ['-c', change]), await archive(), first)
  for (const other of others) await docker('tag', first, other)
}

const run = promisify(execFile)

/** Made once in a run of the tests, and once in a program that is none. */
function archive(): Promise<string> {
  made ??= archiveIn(process.env[ENGINE_FOLDER] ?? ownFolder())
  return made
}

function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-image-'))
  process.once('exit', () => rmSync(folder, {recursive: true, force: true}))
  return folder
}

let made: Promise<string> | undefined

/** Node, the libraries it is linked with, and the program. */
async function archiveIn(folder: string): Promise<string> {
  const path = join(folder, 'app.tar')
  if (existsSync(path)) return path
  const root = join(folder, 'rootfs')
  const put = (from: string, to = from) => {
    mkdirSync(dirname(join(root, to)), {recursive: true})
    cpSync(from, join(root, to), {dereference: true})
  }
  put(process.execPath, '/usr/local/bin/node')
  put('test/fixtures/app/server.mjs', '/app/server.mjs')
  mkdirSync(join(root, 'tmp'))
  const libraries = (await run('ldd', [process.execPath])).stdout.matchAll(/(\/\S+) \(/g)
  for (const [, library = ''] of libraries) put(library)
  await run('tar', ['-C', root, '-cf', `${path}.new`, '.'])
  renameSync(`${path}.new`, path)
  rmSync(root, {recursive: true})
  return path
}
