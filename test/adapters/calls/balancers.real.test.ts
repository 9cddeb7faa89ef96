import {spawnSync} from 'node:child_process'
import {createWriteStream, readFileSync} from 'node:fs'
import {mkdir} from 'node:fs/promises'
import {Agent, request} from 'node:http'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {startBackend} from '../../support/backends.ts'
import {freePort} from '../../support/ports.ts'
import {eventually} from '../../support/eventually.ts'
import {rigged, type Rig} from '../../support/rig.ts'

const isThere = (program: string) => spawnSync(program, ['-v'], {stdio: 'ignore'}).error === undefined
/** In CI a program that is missing is a failure, and not a reason to look away. */
const skips = (program: string) => !process.env['CI'] && !isThere(program)

const SLUICE_YAML = `sluice: 1
system: shop
contracts:
  accounts-api:
    calls: { path: "/api/v{major}/" }
    sunset: { 1: { deprecated: 2026-01-01, sunset: 2027-01-31, link: "https://shop.test/v2" } }
  ledger-api: { calls: { header: "X-Ledger: {major}" }, sunset: { 3: 2027-02-01 } }
services:
  accounts: { route: { backend: accounts }, releases: { 1.0.0: { provides: { accounts-api: [1.0.0, 2.0.0] } } } }
  ledger: { route: { backend: ledger }, releases: { 1.0.0: { provides: { ledger-api: [3.0.0, 4.0.0] } } } }
environments: { production: {} }
`

const TOKEN = `e30.${Buffer.from('{"sub":"partner-42"}').toString('base64url')}.c2ln`

/** Who calls what, how often. */
const TRAFFIC: readonly {path: string; times: number; headers?: Record<string, string>}[] = [
  {path: '/api/v1/accounts', times: 7, headers: {'X-Service-Name': 'billing'}},
  {path: '/api/v2/accounts?limit=1', times: 3, headers: {'X-Service-Name': 'billing'}},
  {path: '/api/v1/accounts', times: 5, headers: {'X-Api-Key': 'secret-1', 'User-Agent': 'curl/8'}},
  {path: '/api/v1/accounts', times: 2, headers: {Authorization: `Bearer ${TOKEN}`, 'User-Agent': 'curl/8'}},
  {path: '/api/v1/accounts', times: 4, headers: {'User-Agent': 'okhttp/4.9.3 (x|y) {z} "q"'}},
  {path: '//api/v1/accounts', times: 1, headers: {'User-Agent': 'okhttp/4.9.3'}},
  {path: '/api/%76%31/accounts', times: 2, headers: {'User-Agent': 'okhttp/4.9.3'}},
  {path: '/api/v2/../v1/accounts', times: 1, headers: {'User-Agent': 'okhttp/4.9.3'}},
  {path: '/api/v2/accounts', times: 6},
  {path: '/api/accounts', times: 1, headers: {'X-Service-Name': 'odd'}},
  {path: '/healthz', times: 10},
  {path: '/ledger', times: 3, headers: {'X-Ledger': '3', 'X-Service-Name': 'mail'}},
  {path: '/ledger', times: 2, headers: {'X-Ledger': '4', 'X-Service-Name': 'mail'}},
]

/** All of them are version 1 to a server. */
const SPELLINGS = ['/api/v1/accounts', '//api/v1/accounts', '/api/%76%31/accounts', '/api/v2/../v1/accounts']

const REQUESTS = TRAFFIC.reduce((sum, {times}) => sum + times, 0)

/** What a proxy without keys and tokens tells. */
const COUNTS = {
  'ledger-api v3': {'service mail': 3},
  'ledger-api v4': {'service mail': 2},
  'accounts-api vnull': {'service odd': 1},
}

/** Sends it all, in an order that mixes them, and answers the headers of the last answer by path. */
async function send(port: number): Promise<Record<string, Record<string, unknown>>> {
  const agent = new Agent({keepAlive: true, maxSockets: 4})
  const answers: Record<string, Record<string, unknown>> = {}
  const one = ({path, headers = {}}: (typeof TRAFFIC)[number]) =>
    new Promise<void>((resolve, reject) => {
      const sent = request({host: '127.0.0.1', port, path, headers, agent}, response => {
        answers[`${path} ${headers['X-Ledger'] ?? ''}`.trim()] = response.headers
        response.resume().on('end', resolve)
      })
      sent.on('error', reject).end()
    })
  const rounds = Array.from({length: 10}, (_, round) => TRAFFIC.filter(({times}) => times > round))
  for (const round of rounds) await Promise.all(round.map(one))
  agent.destroy()
  return answers
}

async function isUp(port: number): Promise<boolean> {
  return await new Promise(resolve => {
    const probe = request({host: '127.0.0.1', port, path: '/up'}, response => {
      response.resume()
      resolve(true)
    })
    probe.on('error', () => resolve(false)).end()
  })
}

interface Usage {
  contracts: {
    contract: string
    versions: {major: number | null; clients: {client: string; evidence: string; calls: number}[]}[]
  }[]
  lines: {read: number; unparsed: number}
}

async function counted(
  rig: Rig,
  log: string,
): Promise<{counts: Record<string, Record<string, number>>; lines: Usage['lines']}> {
  const ran = await rig.sluice('usage', '--ingest', log, '--json')
  expect(ran).toMatchObject({code: 0})
  const {contracts, lines} = JSON.parse(ran.stdout) as Usage
  const versions = contracts.flatMap(({contract, versions}) =>
    versions.map(({major, clients}) => [
      `${contract} v${major}`,
      Object.fromEntries(clients.map(({client, evidence, calls}) => [`${evidence} ${client}`, calls])),
    ]),
  )
  return {counts: Object.fromEntries(versions) as Record<string, Record<string, number>>, lines}
}

const linesIn = (path: string) => readFileSync(path, 'utf8').split('\n').length - 1

describe('real balancers under mixed traffic', () => {
  it.skipIf(skips('haproxy'))('haproxy: every client by name, exactly, and what will end is announced', async () => {
    const rig = await rigged()
    await rig.write('sluice.yaml', SLUICE_YAML)
    const {stdout: template} = await rig.sluice('usage', 'template', 'haproxy')
    const backend = await startBackend('hello')
    const port = await freePort()
    const config = await rig.write(
      'haproxy.cfg',
      `global
    log stdout format raw local0
defaults
    mode http
    log global
    timeout connect 5s
    timeout client 5s
    timeout server 5s
frontend web
    bind 127.0.0.1:${port}
${template}
    use_backend ledger if { path_beg /ledger }
    default_backend accounts
backend accounts
    server a1 ${backend.address}
backend ledger
    server l1 ${backend.address}
`,
    )
    const log = join(rig.folder, 'haproxy.log')
    const proxy = rig.hold('haproxy', '-db', '-f', config)
    proxy.stdout!.pipe(createWriteStream(log))
    await eventually(() => isUp(port))
    const answers = await send(port)
    await eventually(() => linesIn(log) >= REQUESTS + 1)
    await backend.close()

    const {counts, lines} = await counted(rig, log)
    expect(counts).toEqual({
      ...COUNTS,
      'accounts-api v1': {
        'service billing': 7,
        'key f7e7c36e458e80e6': 5,
        'token partner-42': 2,
        'agent okhttp/4.9.3': 8,
      },
      'accounts-api v2': {'service billing': 3, 'address 127.0.0.1': 6},
    })
    expect(lines).toMatchObject({unparsed: 0})
    for (const path of SPELLINGS) expect(answers[path], path).toMatchObject(ANNOUNCED)
    expect(answers['/api/v2/accounts']).not.toHaveProperty('deprecation')
    expect(answers['/ledger 3']).toMatchObject({sunset: 'Mon, 01 Feb 2027 00:00:00 GMT'})
    expect(answers['/ledger 4']).not.toHaveProperty('sunset')
  })

  it.skipIf(skips('nginx'))('nginx: every client by name, exactly, and what will end is announced', async () => {
    const rig = await rigged()
    await rig.write('sluice.yaml', SLUICE_YAML)
    await mkdir(join(rig.folder, 'logs'))
    const {stdout: template} = await rig.sluice('usage', 'template', 'nginx')
    await rig.write('usage.conf', template)
    const backend = await startBackend('hello')
    const port = await freePort()
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path tmp;`).join(' ')
    const config = await rig.write(
      'nginx.conf',
      `daemon off; master_process off; pid nginx.pid; error_log stderr;
events {}
http {
  ${paths}
  include usage.conf;
  upstream accounts { server ${backend.address}; }
  upstream ledger { server ${backend.address}; }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://accounts; }
    location /ledger { proxy_pass http://ledger; }
  }
}
`,
    )
    rig.hold('nginx', '-p', rig.folder, '-c', config)
    await eventually(() => isUp(port))
    const answers = await send(port)
    const log = join(rig.folder, 'logs', 'sluice.log')
    await eventually(() => linesIn(log) >= REQUESTS + 1)
    await backend.close()

    const {counts, lines} = await counted(rig, log)
    expect(counts).toEqual({
      ...COUNTS,
      'accounts-api v1': {'service billing': 7, 'agent curl/8': 7, 'agent okhttp/4.9.3': 8},
      'accounts-api v2': {'service billing': 3, 'address 127.0.0.1': 6},
    })
    expect(lines).toMatchObject({unparsed: 0})
    for (const path of SPELLINGS) expect(answers[path], path).toMatchObject(ANNOUNCED)
    expect(answers['/api/%76%31/accounts']).toMatchObject(ANNOUNCED)
    expect(answers['/api/v2/accounts']).not.toHaveProperty('deprecation')
    expect(answers['/ledger 3']).toMatchObject({sunset: 'Mon, 01 Feb 2027 00:00:00 GMT'})
    expect(answers['/ledger 4']).not.toHaveProperty('sunset')
  })
})

const ANNOUNCED = {
  deprecation: '@1767225600',
  sunset: 'Sun, 31 Jan 2027 00:00:00 GMT',
  link: '<https://shop.test/v2>; rel="sunset"',
}
