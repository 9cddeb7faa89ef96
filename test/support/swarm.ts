import {execFileSync, spawn} from 'node:child_process'
import {mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {freeNetwork} from './addresses.ts'
import {APP_IMAGE, BRIDGE_MAC, claimed, type Engine, engineIn, importApp, running, saidBy} from './docker.ts'
import {endSwarmIn, NETWORK_FILE, SWARM_FOLDER, type SwarmNetwork} from './engine-run.ts'
import {eventually} from './eventually.ts'

/** One node of a swarm, with a network namespace of its own. */
export interface SwarmNode extends Engine {
  readonly address: string
  /** Takes its cable out, and puts it back. */
  cut(): void
  mend(): void
}

/** A swarm of the tests' own on this machine; the first node is its only manager. */
export interface Swarm {
  readonly nodes: readonly [SwarmNode, ...(readonly SwarmNode[])]
}

/** Nodes ask for images that they have, all the same: of a registry that is known to be nowhere, without waiting. */
export const SWARM_IMAGE = `127.0.0.1:1/${APP_IMAGE}`

const NODES = 3
const READY = Array.from({length: NODES}, () => 'Ready').join('\n')

/** The swarm of this run of the tests, of three nodes: the first who asks starts it, the run's end ends it. */
export async function sharedSwarm(): Promise<Swarm> {
  const folder = process.env[SWARM_FOLDER]
  if (folder === undefined) throw new Error(`${SWARM_FOLDER} names no folder: the run was not set up`)
  return claimed(join(folder, 'starter')) ? startSwarm(folder) : swarmIn(folder)
}

/** A swarm of somebody who ends it. */
export async function ownSwarm(): Promise<Swarm & {end(): Promise<void>}> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-swarm-'))
  return {...(await startSwarm(folder)), end: () => endSwarmIn(folder)}
}

const ip = (...args: readonly string[]) => execFileSync('ip', args, {stdio: ['ignore', 'pipe', 'pipe']})

/** Nodes hang on one bridge of this machine, by which tests and balancers reach them. */
async function startSwarm(folder: string): Promise<Swarm> {
  const layout = layOut(folder)
  ip('link', 'add', layout.bridge, 'address', BRIDGE_MAC, 'type', 'bridge')
  ip('address', 'add', `${layout.net}.254/24`, 'dev', layout.bridge)
  ip('link', 'set', layout.bridge, 'up')
  for (const number of layout.namespaces.keys()) startNode(folder, layout, number)
  const {nodes} = swarmIn(folder)
  await Promise.all(nodes.map(node => running(node.folder)))
  await Promise.all(nodes.map(node => importApp(node, SWARM_IMAGE)))
  const [manager, ...workers] = nodes
  manager.docker('swarm', 'init', '--advertise-addr', manager.address)
  const token = manager.docker('swarm', 'join-token', '-q', 'worker')
  // Where it takes long, it says that it goes on by itself.
  for (const node of workers)
    saidBy(node, 'swarm', 'join', '--advertise-addr', node.address, '--token', token, `${manager.address}:2377`)
  await eventually(() => saidBy(manager, 'node', 'ls', '--format', '{{.Status}}') === READY)
  return {nodes}
}

/** How the machine is cabled. */
interface Layout extends SwarmNetwork {
  /** The first three numbers of every address. */
  readonly net: string
}

function layOut(folder: string): Layout {
  const id = folder.slice(-6).toLowerCase()
  const layout: Layout = {
    bridge: `slw${id}`,
    namespaces: Array.from({length: NODES}, (_, index) => `slw${id}n${index + 1}`),
    net: `10.${freeNetwork()}.0`,
  }
  writeFileSync(join(folder, NETWORK_FILE), JSON.stringify(layout))
  return layout
}

/** Whoever started it. */
function swarmIn(folder: string): Swarm {
  const {net, namespaces} = JSON.parse(readFileSync(join(folder, NETWORK_FILE), 'utf8')) as Layout
  const [manager, ...workers] = namespaces.map((name, index) => ({
    ...engineIn(join(folder, name)),
    address: `${net}.${index + 1}`,
    cut: () => void ip('link', 'set', cableOf(name), 'down'),
    mend: () => void ip('link', 'set', cableOf(name), 'up'),
  }))
  if (!manager) throw new Error('a swarm has at least one node')
  return {nodes: [manager, ...workers]}
}

function cableOf(namespace: string): string {
  return `${namespace}v`
}

function startNode(whole: string, {bridge, net, namespaces}: Layout, index: number): void {
  const name = namespaces[index] ?? ''
  const cable = cableOf(name)
  const folder = join(whole, name)
  mkdirSync(folder)
  ip('netns', 'add', name)
  ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
  ip('link', 'set', cable, 'master', bridge, 'up')
  ip('-n', name, 'link', 'set', 'lo', 'up')
  ip('-n', name, 'address', 'add', `${net}.${index + 1}/24`, 'dev', 'eth0')
  ip('-n', name, 'link', 'set', 'eth0', 'up')
  ip('-n', name, 'route', 'add', 'default', 'via', `${net}.254`)
  const log = openSync(join(folder, 'docker.log'), 'a')
  const own = {
    'data-root': join(folder, 'data'),
    'exec-root': join(folder, 'exec'),
    pidfile: join(folder, 'docker.pid'),
    host: `unix://${join(folder, 'docker.sock')}`,
    iptables: 'false',
    'ip-masq': 'false',
  }
  const args = Object.entries(own).map(([option, value]) => `--${option}=${value}`)
  const shell = `hostname node${index + 1} && exec dockerd "$@"`
  const within = [`--net=/run/netns/${name}`, 'unshare', '--uts', 'sh', '-c', shell, 'sh']
  spawn('nsenter', [...within, ...args], {stdio: ['ignore', log, log], detached: true}).unref()
}
