import {type ChildProcess, execFileSync, spawn} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {withBrownouts} from '../../src/adapters/balancer/haproxy/brownouts.ts'
import {haproxyBrownout} from '../../src/report/usage/templates.ts'
import {haproxy} from '../../src/adapters/balancer/haproxy/driver.ts'
import {haproxyByMap} from '../../src/adapters/balancer/haproxy/map-driver.ts'
import {fileMemory} from '../../src/adapters/balancer/haproxy/memory.ts'
import type {Endpoint} from '../../src/adapters/balancer/haproxy/socket.ts'
import {splitMap} from '../../src/adapters/balancer/haproxy/split-map.ts'
import {ask} from '../../src/adapters/balancer/haproxy/socket.ts'
import {clock} from '../../src/adapters/clock.ts'
import {identify} from '../../src/adapters/processes/identity.ts'
import {ok} from '../../src/core/base/result.ts'
import type {Balancer} from '../../src/ports/balancer.ts'
import {eventually} from './eventually.ts'
import {freePort} from './ports.ts'

/** A HAProxy of the test's own. */
export interface HaproxyRig {
  readonly folder: string
  readonly endpoint: Endpoint
  /** `host:port` of its front end. */
  readonly address: string
  open(dynamic?: boolean): Balancer
  /** Runs a verb, and loses what the driver noted of it. */
  dyingBeforeItNotes(verb: () => Promise<unknown>): Promise<void>
  /** Starts a new worker with the configuration, as operators do; the old one is gone when it is done. */
  reload(): Promise<void>
  end(): Promise<void>
}

export interface HaproxyMade {
  /** Lines of the back end `shop`. */
  readonly backend: readonly string[]
  readonly level?: 'admin' | 'operator'
  readonly statsMaxconn?: number
  /** Two back ends with these lines each, shared out by a map. */
  readonly byMap?: boolean
  /** Answers 410 by a map, as `sluice usage template haproxy` says it. */
  readonly brownouts?: boolean
  /** Lines of the configuration besides, made in the folder of this HAProxy. */
  readonly more?: (folder: string) => string
}

/** Whether HAProxy is installed, and in which version. */
export function haproxyVersion(): string | undefined {
  try {
    return /version (\S+)/.exec(
      execFileSync('haproxy', ['-v'], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']}),
    )?.[1]
  } catch {
    return undefined
  }
}

export const SLOTS = ['balance roundrobin', 'server-template slot 1-8 127.0.0.1:1 disabled']

export async function haproxyRig(made: HaproxyMade = {backend: SLOTS}): Promise<HaproxyRig> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-haproxy-'))
  const address = `127.0.0.1:${await freePort()}`
  const endpoint: Endpoint = {by: 'unix', path: join(folder, 'admin.sock')}
  writeFileSync(join(folder, 'state'), '1\n')
  writeFileSync(mapOf(folder), '# shares\n')
  writeFileSync(brownoutsOf(folder), '# brownouts\n')
  writeFileSync(join(folder, 'haproxy.cfg'), configuration(folder, address, made))
  const master = spawn('haproxy', ['-W', '-f', join(folder, 'haproxy.cfg')], {stdio: 'ignore'})
  await eventually(async () => (await ask(endpoint, ['show info'])).ok)
  const pidOf = async () => {
    const info = await ask(endpoint, ['show info'])
    return info.ok ? /^Pid: (\d+)/m.exec(info.value)?.[1] : undefined
  }
  const notes = join(folder, 'shop.json')
  const open = (dynamic = false) => {
    const own = {
      endpoint,
      dynamic,
      clock,
      memory: (backend: string) => fileMemory(join(folder, `${backend}.json`)),
      saveState: (text: string) => {
        writeFileSync(join(folder, 'state'), text)
        return Promise.resolve(ok(undefined))
      },
    }
    const balancer = made.byMap ? haproxyByMap({...own, map: splitMap(endpoint, mapOf(folder))}) : haproxy(own)
    return !made.brownouts ? balancer : withBrownouts(balancer, splitMap(endpoint, brownoutsOf(folder)), clock)
  }
  return {
    folder,
    endpoint,
    address,
    open,
    dyingBeforeItNotes: async verb => {
      const before = readFileSync(notes, 'utf8')
      await verb()
      writeFileSync(notes, before)
    },
    reload: async () => {
      const before = await pidOf()
      process.kill(master.pid ?? 0, 'SIGUSR2')
      await eventually(async () => {
        const now = await pidOf()
        return now !== undefined && now !== before && identify(Number(before)) === undefined
      })
    },
    end: async () => {
      await ended(master)
      rmSync(folder, {recursive: true, force: true})
    },
  }
}

const SHOP_API = {contract: 'shop-api', calls: {in: 'path', pattern: '/api/v{major}/'}} as const

/** What HAProxy would read at its next reload. */
export function stateFileOf(rig: HaproxyRig): string {
  return readFileSync(join(rig.folder, 'state'), 'utf8')
}

function configuration(folder: string, address: string, made: HaproxyMade): string {
  return `global
  master-worker
  stats socket ${join(folder, 'admin.sock')} mode 600 level ${made.level ?? 'admin'} expose-fd listeners
  stats maxconn ${made.statsMaxconn ?? 32}
  server-state-file ${join(folder, 'state')}
  hard-stop-after 20s
defaults
  mode http
  load-server-state-from-file global
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  retries 2
  option redispatch 1
frontend shop
  bind ${address}
${made.brownouts ? haproxyBrownout(SHOP_API, brownoutsOf(folder)) : ''}${made.byMap ? byMap(folder, made) : byWeights(made)}${made.more?.(folder) ?? ''}`
}

function byWeights({backend}: HaproxyMade): string {
  return `  default_backend shop
backend shop
  ${backend.join('\n  ')}
`
}

/** As templates/haproxy/map.cfg says it. */
function byMap(folder: string, {backend}: HaproxyMade): string {
  return `  http-request set-var(txn.parts) str(shop),map_str_int(${mapOf(folder)},0)
  http-request set-var(txn.at) req.hdr(X-User),xxh32,mod(10000) if { req.hdr(X-User) -m found }
  http-request set-var(txn.at) rand(10000) if !{ req.hdr(X-User) -m found }
  http-request set-var(txn.over) var(txn.at),sub(txn.parts)
  use_backend shop-b if { var(txn.over) -m int lt 0 }
  default_backend shop-a
backend shop-a
  ${backend.join('\n  ')}
backend shop-b
  ${backend.join('\n  ')}
`
}

function brownoutsOf(folder: string): string {
  return join(folder, 'brownouts.map')
}

/** The file of the map. */
export function mapOf(folder: string): string {
  return join(folder, 'split.map')
}

/** By its own process id; the master takes its workers with it. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}
