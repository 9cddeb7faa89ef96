import {execFileSync, spawn} from 'node:child_process'
import {mkdirSync, mkdtempSync, openSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {endEngineIn} from './engine-run.ts'
import {APP_IMAGE, type Engine, engineIn, importApp, running} from './docker.ts'
import {eventually} from './eventually.ts'

/** One node of a swarm, with a network namespace of its own. */
export interface SwarmNode extends Engine {
  readonly name: string
  readonly address: string
  /** Takes its cable out, and puts it back. */
  cut(): void
  mend(): void
}

/** A swarm of the tests' own on this machine; the first node is its only manager. */
export interface Swarm {
  readonly nodes: readonly SwarmNode[]
  end(): Promise<void>
}

const ip = (...args: readonly string[]) => execFileSync('ip', args, {stdio: ['ignore', 'pipe', 'pipe']})

/** Nodes ask for images that they have, all the same: of a registry that is known to be nowhere, without waiting. */
export const SWARM_IMAGE = `127.0.0.1:1/${APP_IMAGE}`

/** Nodes hang on one bridge of this machine, by which tests and balancers reach them. */
export async function swarmOf(count: number): Promise<Swarm> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-swarm-'))
  const id = folder.slice(-6).toLowerCase()
  const net = `10.${77 + (process.pid % 100)}.${process.pid % 250}`
  const bridge = `slw${id}`
  ip('link', 'add', bridge, 'type', 'bridge')
  ip('address', 'add', `${net}.254/24`, 'dev', bridge)
  ip('link', 'set', bridge, 'up')
  const numbers = Array.from({length: count}, (_, index) => index + 1)
  const nodes = numbers.map(number => startNode({folder, id, net, bridge, number}))
  const [manager, ...workers] = await Promise.all(nodes.map(async node => ({...node, ...(await running(node.folder))})))
  if (!manager) throw new Error('a swarm has at least one node')
  importApp(manager)
  const tags = manager.docker('images', '--format', '{{.Tag}}', APP_IMAGE).split('\n')
  for (const tag of tags) manager.docker('tag', `${APP_IMAGE}:${tag}`, `${SWARM_IMAGE}:${tag}`)
  manager.docker('save', '-o', join(folder, 'app.tar'), SWARM_IMAGE)
  for (const worker of workers) worker.docker('load', '-i', join(folder, 'app.tar'))
  manager.docker('swarm', 'init', '--advertise-addr', manager.address)
  const token = manager.docker('swarm', 'join-token', '-q', 'worker')
  for (const worker of workers)
    worker.docker('swarm', 'join', '--advertise-addr', worker.address, '--token', token, `${manager.address}:2377`)
  await eventually(() =>
    manager
      .docker('node', 'ls', '--format', '{{.Status}}')
      .split('\n')
      .every(status => status === 'Ready'),
  )
  return {
    nodes: [manager, ...workers],
    async end() {
      await Promise.all(nodes.map(node => endEngineIn(node.folder)))
      for (const node of nodes) ip('netns', 'delete', node.name)
      ip('link', 'delete', bridge)
      rmSync(folder, {recursive: true, force: true})
    },
  }
}

interface Made {
  readonly folder: string
  readonly id: string
  readonly net: string
  readonly bridge: string
  readonly number: number
}

function startNode({folder: whole, id, net, bridge, number}: Made): SwarmNode {
  const name = `slw${id}n${number}`
  const address = `${net}.${number}`
  const cable = `slw${id}v${number}`
  const folder = join(whole, `node${number}`)
  mkdirSync(folder)
  ip('netns', 'add', name)
  ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
  ip('link', 'set', cable, 'master', bridge, 'up')
  ip('-n', name, 'link', 'set', 'lo', 'up')
  ip('-n', name, 'address', 'add', `${address}/24`, 'dev', 'eth0')
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
  const within = [
    `--net=/run/netns/${name}`,
    'unshare',
    '--uts',
    'sh',
    '-c',
    `hostname node${number} && exec dockerd "$@"`,
    'sh',
  ]
  spawn('nsenter', [...within, ...args], {stdio: ['ignore', log, log], detached: true}).unref()
  return {
    ...engineIn(folder),
    name,
    address,
    cut: () => void ip('link', 'set', cable, 'down'),
    mend: () => void ip('link', 'set', cable, 'up'),
  }
}
