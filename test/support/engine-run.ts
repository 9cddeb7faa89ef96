import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {execFileSync, spawnSync} from 'node:child_process'
import {processTable} from '../../src/adapters/processes/machine.ts'
import {eventually} from './eventually.ts'

/** Where the Docker engine of this run of the tests is, started by the first test that wants it; see docker.ts. */
export const ENGINE_FOLDER = 'SLUICE_TEST_ENGINE'
/** The same of its swarm; see swarm.ts. */
export const SWARM_FOLDER = 'SLUICE_TEST_SWARM'

/** Gives the run a folder for its engine and one for its swarm before the tests, and ends both after them. */
export default function enginesOfThisRun(): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-engine-'))
  const swarm = mkdtempSync(join(tmpdir(), 'sluice-swarm-'))
  process.env[ENGINE_FOLDER] = folder
  process.env[SWARM_FOLDER] = swarm
  return async () => {
    await endSwarmIn(swarm)
    await endEngineIn(folder)
  }
}

/** What an engine has on this machine beside its files. */
export interface EngineNetwork {
  readonly bridge: string
  /** Where networks that its containers make get their addresses. */
  readonly pool: string
}

/** What a swarm leaves on this machine beside its engines, for whoever ends it. */
export interface SwarmNetwork {
  readonly bridge: string
  readonly namespaces: readonly string[]
}

/** The file in the folder of an engine or a swarm that tells of its network. */
export const NETWORK_FILE = 'network.json'

/** Ends the engines of a swarm, and its network. */
export async function endSwarmIn(folder: string): Promise<void> {
  const file = join(folder, NETWORK_FILE)
  if (existsSync(file)) {
    const {bridge, namespaces} = JSON.parse(readFileSync(file, 'utf8')) as SwarmNetwork
    await Promise.all(namespaces.map(name => endEngineIn(join(folder, name))))
    for (const name of namespaces) execFileSync('ip', ['netns', 'delete', name])
    execFileSync('ip', ['link', 'delete', bridge])
  }
  rmSync(folder, {recursive: true, force: true})
}

/** Ends the engine whose files are in the folder, its containers with it; another may be started on the same files. */
export async function haltEngineIn(folder: string): Promise<void> {
  const pid = pidIn(folder)
  if (pid === undefined || processTable.started(pid) === undefined) return
  process.kill(pid, 'SIGTERM')
  while (processTable.started(pid) !== undefined) await new Promise(resolve => setTimeout(resolve, 50))
}

/** Ends the engine and removes all it had. */
export async function endEngineIn(folder: string): Promise<void> {
  await haltEngineIn(folder)
  const file = join(folder, NETWORK_FILE)
  if (existsSync(file)) {
    const {bridge} = JSON.parse(readFileSync(file, 'utf8')) as EngineNetwork
    execFileSync('ip', ['link', 'delete', bridge])
  }
  // Who looks after its containers may still be at it: what is gone meanwhile, or busy, is no trouble.
  await eventually(() => {
    for (const mounted of mountsIn(folder)) spawnSync('umount', ['--lazy', mounted])
    return mountsIn(folder).length === 0
  })
  rmSync(folder, {recursive: true, force: true, maxRetries: 10})
}

/** A container in the network of the host leaves its namespace behind as a mount; the innermost come first. */
function mountsIn(folder: string): readonly string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map(line => line.split(' ')[1] ?? '')
  return mounts.filter(path => path.startsWith(`${folder}/`)).reverse()
}

function pidIn(folder: string): number | undefined {
  const file = join(folder, 'docker.pid')
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined
}
