import {type ChildProcess, execFileSync, spawn} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {haproxy} from '../../src/adapters/balancer/haproxy/driver.ts'
import {fileMemory} from '../../src/adapters/balancer/haproxy/memory.ts'
import type {Endpoint} from '../../src/adapters/balancer/haproxy/socket.ts'
import {ask} from '../../src/adapters/balancer/haproxy/socket.ts'
import {clock} from '../../src/adapters/clock.ts'
import {ok} from '../../src/core/base/result.ts'
import type {Balancer} from '../../src/ports/balancer.ts'
import {eventually} from './eventually.ts'
import {freePort} from './backends.ts'

/** A HAProxy of the test's own. */
export interface HaproxyRig {
  readonly folder: string
  readonly endpoint: Endpoint
  /** `host:port` of its front end. */
  readonly address: string
  open(dynamic?: boolean): Balancer
  /** Starts a new worker with the configuration, as operators do. */
  reload(): Promise<void>
  end(): Promise<void>
}

export interface HaproxyMade {
  /** Lines of the back end `shop`. */
  readonly backend: readonly string[]
  readonly level?: 'admin' | 'operator'
  readonly statsMaxconn?: number
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
  writeFileSync(join(folder, 'haproxy.cfg'), configuration(folder, address, made))
  const master = spawn('haproxy', ['-W', '-f', join(folder, 'haproxy.cfg')], {stdio: 'ignore'})
  await eventually(async () => (await ask(endpoint, ['show info'])).ok)
  const pidOf = async () => {
    const info = await ask(endpoint, ['show info'])
    return info.ok ? /^Pid: (\d+)/m.exec(info.value)?.[1] : undefined
  }
  return {
    folder,
    endpoint,
    address,
    open: (dynamic = false) =>
      haproxy({
        endpoint,
        dynamic,
        clock,
        memory: backend => fileMemory(join(folder, `${backend}.json`)),
        saveState: text => {
          writeFileSync(join(folder, 'state'), text)
          return Promise.resolve(ok(undefined))
        },
      }),
    reload: async () => {
      const before = await pidOf()
      process.kill(master.pid ?? 0, 'SIGUSR2')
      await eventually(async () => {
        const now = await pidOf()
        return now !== undefined && now !== before
      })
    },
    end: async () => {
      await ended(master)
      rmSync(folder, {recursive: true, force: true})
    },
  }
}

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
  hard-stop-after 2s
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
  default_backend shop
backend shop
  ${made.backend.join('\n  ')}
`
}

/** By its own process id; the master takes its workers with it. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}
