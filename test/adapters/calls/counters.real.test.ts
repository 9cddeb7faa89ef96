import {request} from 'node:http'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import type {UsageDocument} from '../../../src/report/usage/document.ts'
import {startBackend} from '../../support/backends.ts'
import {freePort} from '../../support/ports.ts'
import {eventually} from '../../support/eventually.ts'
import {haproxyVersion} from '../../support/haproxy.ts'
import {hasPrometheus, prometheusRig} from '../../support/prometheus.ts'
import {rigged, type Rig} from '../../support/rig.ts'

/** In CI a program that is missing is a failure, and not a reason to look away. */
const skips = !process.env['CI'] && haproxyVersion() === undefined

const sluiceYaml = (sources: string) => `sluice: 1
system: shop
contracts: { accounts-api: { calls: { path: "/api/v{major}/" } } }
services: { accounts: { releases: { 1.0.0: { provides: { accounts-api: [1.0.0, 2.0.0] } } } } }
usage: { sources: ${sources} }
environments: { production: {} }
`

function send(port: number, path: string, service: string): Promise<void> {
  return new Promise((done, failed) => {
    const headers = {'X-Service-Name': service}
    const sent = request({host: '127.0.0.1', port, path, headers, agent: false}, answer => {
      answer.resume().on('end', done)
    })
    sent.on('error', failed).end()
  })
}

async function isUp(port: number): Promise<boolean> {
  return send(port, '/up', 'probe').then(
    () => true,
    () => false,
  )
}

/** Starts a HAProxy of these lines and waits until it answers. */
async function startProxy(rig: Rig, port: number, text: string) {
  const config = await rig.write(
    'haproxy.cfg',
    `global
    stats socket ${join(rig.folder, 'admin.sock')} mode 600 level admin
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
${text}`,
  )
  const proxy = rig.hold('haproxy', '-db', '-f', config)
  await eventually(() => isUp(port))
  return proxy
}

async function shown(rig: Rig, ...args: readonly string[]) {
  const ran = await rig.sluice('usage', '--json', ...args)
  expect(ran.code, ran.stderr).toBe(0)
  const {contracts, sources} = JSON.parse(ran.stdout) as UsageDocument
  const versions = contracts.flatMap(({versions: all}) =>
    all.map(({major, clients}) => [
      `v${major}`,
      Object.fromEntries(clients.map(({client, evidence, calls}) => [`${evidence} ${client}`, calls])),
    ]),
  )
  return {counts: Object.fromEntries(versions) as Record<string, Record<string, number>>, sources}
}

describe.skipIf(skips)('a stick table of HAProxy as a source', () => {
  it('counts every client by name over a restart, which is a gap', async () => {
    const rig = await rigged()
    await rig.write('sluice.yaml', sluiceYaml('{ table: { haproxy: admin.sock } }'))
    const template = (await rig.sluice('usage', 'template', 'haproxy-table')).stdout
    const [table = '', lines = ''] = template.split(/^(?=# These lines)/m)
    const backend = await startBackend('hello')
    const port = await freePort()
    const text = `frontend web
    bind 127.0.0.1:${port}
${lines}    default_backend accounts
backend accounts
    server a1 ${backend.address}
${table}`
    const proxy = await startProxy(rig, port, text)
    const each = async (path: string, service: string, times: number) => {
      for (let n = 0; n < times; n++) await send(port, path, service)
    }
    await each('/api/v1/x', 'billing', 7)
    await each('/api/v2/x', 'billing', 3)
    await each('/api/%76%31/x', 'odd', 2)
    await each('//api/v1/x', 'odd', 1)
    await each('/api/v2/../v1/x', 'odd', 1)
    await each('/api/x', 'odd', 1)
    const first = await shown(rig, '--read')
    expect(first.counts).toEqual({
      v1: {'service billing': 7},
      v2: {'service billing': 3},
      vnull: {'service odd': 5},
    })

    await each('/api/v1/x', 'a|b use=0 exp=1 http_req_cnt=9', 2)
    await each('/api/v1/x', 'billing', 1)
    const second = await shown(rig, '--read')
    expect(second.counts['v1']).toEqual({'service billing': 8, 'service a|b use=0 exp=1 http_req_cnt=9': 2})
    expect(second.sources[0]?.gaps).toEqual([])

    const gone = new Promise(done => proxy.once('exit', done))
    proxy.kill('SIGTERM')
    await gone
    await startProxy(rig, port, text)
    await each('/api/v1/x', 'billing', 4)
    const third = await shown(rig, '--read')
    await backend.close()
    expect(third.counts['v1']).toMatchObject({'service billing': 12})
    expect(third.sources[0]?.gaps).toMatchObject([{reason: 'the counters began anew after a restart'}])
  })
})

describe.skipIf(!process.env['CI'] && !hasPrometheus())('a real Prometheus as a source', () => {
  it('counts by client, what names no version apart, and a counter that began anew as a gap', async () => {
    const metrics = (billing: number, mail: number) => `
http_requests_total{version="v1",client="billing",instance="a"} ${billing}
http_requests_total{version="v1",client="billing",instance="b"} 10
http_requests_total{version="v2",client="mail",instance="a"} ${mail}
http_requests_total{client="odd",instance="a"} 3
`
    const [rig, prometheus] = [await rigged(), await prometheusRig(metrics(5, 7))]
    try {
      const query = 'sum without (instance, job) (http_requests_total)'
      const source = `{ mesh: { prometheus: "${query}", contract: accounts-api, labels: { version: version, client: client } } }`
      const environments = `environments: { production: { prometheus: { url: "${prometheus.url}" } } }`
      await rig.write('sluice.yaml', sluiceYaml(source).replace('environments: { production: {} }', environments))
      const scraped = (text: string) =>
        eventually(async () =>
          (await (await fetch(`${prometheus.url}/api/v1/query?query=http_requests_total`)).text()).includes(text),
        )
      const first = await shown(rig, '--read')
      expect(first.counts).toEqual({v1: {'service billing': 15}, v2: {'service mail': 7}, vnull: {'service odd': 3}})
      prometheus.shows(metrics(8, 9))
      await scraped('"9"')
      const second = await shown(rig, '--read')
      expect(second.counts).toMatchObject({v1: {'service billing': 18}, v2: {'service mail': 9}})
      expect(second.sources[0]?.gaps).toEqual([])
      prometheus.shows(metrics(0, 2))
      await scraped('"2"')
      const third = await shown(rig, '--read')
      expect(third.counts).toMatchObject({v2: {'service mail': 11}})
      expect(third.sources[0]?.gaps).toHaveLength(1)
    } finally {
      await prometheus.end()
    }
  })
})

describe.skipIf(skips)('syslog as a source', () => {
  it.each([
    ['UDP, RFC 3164', 'udp', (port: number) => `log 127.0.0.1:${port} len 4096 format rfc3164 local0`, ''],
    ['UDP, RFC 5424', 'udp', (port: number) => `log 127.0.0.1:${port} len 4096 format rfc5424 local0`, ''],
    ['TCP, by octet count', 'tcp', () => 'log ring@sluice format rfc5424 local0', 'octet-count'],
    ['TCP, by lines', 'tcp', () => 'log ring@sluice format rfc3164 local0', 'legacy'],
  ] as const)('%s: every line, as many as HAProxy has counted', async (_, by, log, proto) => {
    const rig = await rigged()
    const [port, listen] = [await freePort(), await freePort()]
    const counter = 'counter: { haproxy: admin.sock, frontend: web }'
    await rig.write('sluice.yaml', sluiceYaml(`{ edge: { syslog: "${by}://127.0.0.1:${listen}", ${counter} } }`))
    const following = rig.hold(process.execPath, join(process.cwd(), 'bin/run.js'), 'usage', '--follow', '--json')
    await new Promise(done => following.stderr!.once('data', done))
    const backend = await startBackend('hello')
    const ring = proto
      ? `ring sluice
    format rfc5424
    maxlen 4096
    size 1048576
    timeout connect 5s
    timeout server 10s
    server s1 127.0.0.1:${listen} log-proto ${proto}
`
      : ''
    const template = (await rig.sluice('usage', 'template', 'haproxy')).stdout
    await startProxy(
      rig,
      port,
      `${ring}frontend web
    bind 127.0.0.1:${port}
    ${log(listen)}
${template}
    default_backend accounts
backend accounts
    server a1 ${backend.address}
`,
    )
    for (let n = 0; n < 40; n++) await send(port, `/api/v${n % 4 === 0 ? 1 : 2}/x`, n % 3 === 0 ? 'billing' : 'mail')
    const seen = await eventually(async () => {
      const now = await shown(rig)
      return (now.sources[0]?.lines.matched ?? 0) >= 40 ? now : undefined
    })
    await backend.close()
    const ended = new Promise<number | null>(done => following.on('close', done))
    following.kill('SIGINT')
    expect(await ended).toBe(0)
    expect(seen.counts).toEqual({
      v1: {'service billing': 4, 'service mail': 6},
      v2: {'service billing': 10, 'service mail': 20},
    })
    expect(seen.sources[0]).toMatchObject({lines: {unparsed: 0}, gaps: []})
  })
})
