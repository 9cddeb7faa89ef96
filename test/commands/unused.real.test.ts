import {createWriteStream} from 'node:fs'
import {request} from 'node:http'
import {cp, mkdir} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {describe, expect, it} from 'vitest'
import type {RolloutShown} from '../../src/core/rollout/show.ts'
import {freePort} from '../support/ports.ts'
import {eventually} from '../support/eventually.ts'
import {haproxyVersion} from '../support/haproxy.ts'
import {isNginxHere} from '../support/nginx.ts'
import {openRig, type Rig} from '../support/rig.ts'

/** In CI a program that is missing is a failure, and not a reason to look away. */
const skips = !process.env['CI'] && (haproxyVersion() === undefined || !isNginxHere())

interface Edge {
  readonly haproxy: number
  readonly nginx: number
}

/** Accounts behind a HAProxy, which has a second door for an nginx of the partners; both write logs with names. */
async function edge(rig: Rig): Promise<Edge> {
  const ports = {haproxy: await freePort(), nginx: await freePort(), inner: await freePort()}
  await cp(resolve('test/fixtures/app/server.mjs'), join(rig.folder, 'server.mjs'))
  await mkdir(join(rig.folder, 'logs'))
  await rig.write(
    'sluice.yaml',
    `sluice: 1
system: shop
contracts: { accounts-api: { calls: { path: "/api/v{major}/" }, quiet: 3s } }
services:
  accounts:
    role: backend
    run: { command: node server.mjs, health: { path: /healthz, timeout: 10s }, stop: { drain: 500ms } }
    route: { backend: accounts }
    releases:
      1.0.0: { provides: { accounts-api: [1.0.0, 2.0.0] } }
      2.0.0: { provides: { accounts-api: 2.0.0 } }
usage:
  ignore: [{ path: /healthz, reason: health checks }]
  sources: { edge: { file: logs/haproxy.log }, partners: { file: logs/sluice.log } }
environments:
  production:
    balancer: { driver: haproxy, socket: ${join(rig.folder, 'admin.sock')} }
    current: { accounts: 1.0.0 }
    target: { accounts: 2.0.0 }
`,
  )
  await startHaproxy(rig, ports.haproxy, ports.inner)
  await startNginx(rig, ports.nginx, ports.inner)
  return ports
}

async function startHaproxy(rig: Rig, port: number, inner: number): Promise<void> {
  const {stdout: template} = await rig.sluice('usage', 'template', 'haproxy')
  const config = await rig.write(
    'haproxy.cfg',
    `global
    log stdout format raw local0
    stats socket ${join(rig.folder, 'admin.sock')} mode 600 level admin
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
frontend web
    bind 127.0.0.1:${port}
    log global
${template}
    default_backend accounts
frontend partners
    bind 127.0.0.1:${inner}
    default_backend accounts
backend accounts
    balance roundrobin
    server-template slot 1-4 127.0.0.1:1 disabled
`,
  )
  rig.hold('haproxy', '-db', '-f', config).stdout!.pipe(createWriteStream(join(rig.folder, 'logs', 'haproxy.log')))
}

async function startNginx(rig: Rig, port: number, inner: number): Promise<void> {
  await rig.write('usage.conf', (await rig.sluice('usage', 'template', 'nginx')).stdout)
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path tmp;`).join(' ')
  const config = await rig.write(
    'nginx.conf',
    `daemon off; master_process off; pid nginx.pid; error_log stderr;
events {}
http {
  ${paths}
  include usage.conf;
  upstream accounts { server 127.0.0.1:${inner}; }
  server { listen 127.0.0.1:${port}; location / { proxy_pass http://accounts; } }
}
`,
  )
  rig.hold('nginx', '-p', rig.folder, '-c', config)
}

/** One call, by one client, to one version; answers the status. */
function call(port: number, client: string, major: number): Promise<number> {
  return new Promise((done, failed) => {
    const headers = {'X-Service-Name': client}
    const sent = request({host: '127.0.0.1', port, path: `/api/v${major}/accounts`, headers, agent: false}, answer => {
      answer.resume().on('end', () => done(answer.statusCode ?? 0))
    })
    sent.on('error', failed).end()
  })
}

/** Clients that call again and again until they are told to stop, and how often they did. */
interface Callers {
  readonly calls: Record<string, number>
  /** When the last call began. */
  lastAt(): number
  stop(): Promise<void>
}

function callAgainAndAgain(clients: Readonly<Record<string, number>>, major: number): Callers {
  const calls: Record<string, number> = {}
  const over = new AbortController()
  let lastAt = 0
  const callers = Object.entries(clients).map(async ([client, port]) => {
    while (!over.signal.aborted) {
      lastAt = Date.now()
      expect(await call(port, client, major)).toBe(200)
      calls[client] = (calls[client] ?? 0) + 1
      await new Promise(done => setTimeout(done, 100))
    }
  })
  return {
    calls,
    lastAt: () => lastAt,
    stop: async () => {
      over.abort()
      await Promise.all(callers)
    },
  }
}

interface Usage {
  contracts: {versions: {major: number | null; clients: {client: string; calls: number}[]}[]}[]
}

/** Calls by client, of each major. */
async function counted(rig: Rig): Promise<Record<string, Record<string, number>>> {
  const ran = await rig.sluice('usage', '--read', '--json')
  expect(ran).toMatchObject({code: 0})
  const {contracts} = JSON.parse(ran.stdout) as Usage
  return Object.fromEntries(
    contracts.flatMap(({versions}) =>
      versions.map(({major, clients}) => [
        `v${major}`,
        Object.fromEntries(clients.map(({client, calls}) => [client, calls])),
      ]),
    ),
  )
}

describe('dropping a version that is still called', () => {
  it.skipIf(skips)('waits for the last client by name, and goes on by itself once it is quiet', async () => {
    const rig = await openRig()
    try {
      const {haproxy, nginx} = await edge(rig)
      const first = await rig.sluice('apply', '--yes')
      expect([first.code, first.stderr]).toEqual([4, expect.stringContaining('accounts-api')])
      await eventually(async () => (await call(haproxy, 'billing', 2).catch(() => 0)) === 200)
      const old = callAgainAndAgain({billing: haproxy, mail: haproxy}, 1)
      const last = callAgainAndAgain({'partner-42': nginx}, 1)
      const moved = callAgainAndAgain({web: nginx}, 2)
      await eventually(() => Object.keys({...old.calls, ...last.calls}).length === 3)
      await eventually(async () => Object.keys((await counted(rig))['v1'] ?? {}).length === 3)

      const waiting = await rig.sluice('rollout', 'resume', '--json')
      expect(waiting.code).toBe(4)
      for (const client of ['billing', 'mail', 'partner-42']) expect(waiting.stderr).toContain(client)
      await old.stop()

      const going = rig.hold(
        process.execPath,
        join(process.cwd(), 'bin/run.js'),
        'rollout',
        'resume',
        '--wait',
        '--json',
      )
      const ended = new Promise<number | null>(done => going.on('close', done))
      await eventually(async () => {
        const {steps} = JSON.parse((await rig.sluice('rollout', 'show', '--json')).stdout) as RolloutShown
        return steps[0]?.state === 'waiting'
      })
      await last.stop()
      expect(going.exitCode).toBe(null)
      expect(await ended).toBe(0)
      expect(Date.now() - last.lastAt()).toBeGreaterThanOrEqual(3000)

      await moved.stop()
      const seen = await eventually(async () => {
        const now = await counted(rig)
        return now['v2']?.['web'] === moved.calls['web'] ? now : undefined
      })
      expect(seen['v1']).toEqual({...old.calls, ...last.calls})
      const shown = JSON.parse((await rig.sluice('rollout', 'show', '--json')).stdout) as RolloutShown
      expect(shown).toMatchObject({state: 'succeeded', steps: [{service: 'accounts', state: 'succeeded'}]})
      expect(await call(haproxy, 'billing', 2)).toBe(200)
    } finally {
      await rig.sweep()
      await rig.end()
    }
  })
})
