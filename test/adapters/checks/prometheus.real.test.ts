import {spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {checksWith} from '../../../src/adapters/checks/checks.ts'
import type {Condition} from '../../../src/core/config/config.ts'
import type {Checks, ProbeContext} from '../../../src/ports/checks.ts'
import {freePort} from '../../support/ports.ts'
import {eventually} from '../../support/eventually.ts'

const isInstalled = spawnSync('prometheus', ['--version']).status === 0

const CONTEXT: ProbeContext = {
  service: 'accounts',
  state: {release: '2.0.0', mode: null},
  share: 10,
  addresses: [],
  folder: '/',
}

/** What the exporter of this test shows of two releases. */
const METRICS = `
requests_total{service="accounts",release="1.0.0"} 1000
requests_total{service="accounts",release="2.0.0"} 100
errors_total{service="accounts",release="1.0.0"} 1
errors_total{service="accounts",release="2.0.0"} 7
`

const isSkipped = !isInstalled && !process.env['CI']

describe.skipIf(isSkipped)('a real Prometheus (needs the program prometheus)', () => {
  const stops: (() => Promise<unknown>)[] = []
  let checks: Checks

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-prometheus-'))
    stops.push(async () => rmSync(folder, {recursive: true, force: true}))
    const target = await exporter()
    const port = await freePort()
    const config = {
      global: {scrape_interval: '200ms', scrape_timeout: '200ms'},
      scrape_configs: [{job_name: 'shop', static_configs: [{targets: [target]}]}],
    }
    // JSON is YAML.
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config))
    const program = spawn(
      'prometheus',
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      {stdio: 'ignore'},
    )
    stops.push(async () => {
      const gone = once(program, 'exit')
      program.kill('SIGKILL')
      await gone
    })
    checks = checksWith({env: {}, prometheus: {url: `http://127.0.0.1:${port}`}})
    await eventually(async () => (await measured('up', {is: '==', value: 1})).verdict === 'passed')
  }, 40_000)

  afterAll(async () => {
    for (const stop of stops.reverse()) await stop()
  })

  const measured = (query: string, success: Condition) =>
    checks.probe({kind: 'prometheus', query, success, timeoutMs: 2000}, CONTEXT)

  async function exporter(): Promise<string> {
    const server = createServer((_, response) => {
      response.writeHead(200, {'content-type': 'text/plain; version=0.0.4'}).end(METRICS.trimStart())
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    stops.push(async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    })
    return `127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  const RATE = 'errors_total{service="{service}",release="{release}"} / requests_total'

  it('is asked about the release that is checked', async () => {
    expect(await measured(RATE, {is: '<', value: 0.01})).toEqual({verdict: 'failed', detail: '0.07, wanted < 0.01'})
    expect((await measured(RATE, {is: '<', value: 0.1})).verdict).toBe('passed')
  })

  it('judges every series that it finds', async () => {
    const both = 'sum by (release) (errors_total)'
    expect((await measured(both, {is: '<', value: 5})).verdict).toBe('failed')
    expect((await measured(both, {is: '<', value: 8})).verdict).toBe('passed')
    expect(await measured('scalar(sum(errors_total))', {is: '==', value: 8})).toMatchObject({verdict: 'passed'})
  })

  it('has measured nothing where there is nothing, no number, or no such query', async () => {
    const wanted = {is: '<', value: 1} as const
    expect(await measured('no_such_metric', wanted)).toEqual({verdict: 'error', detail: 'the query finds no series'})
    expect((await measured('(errors_total - errors_total) / 0', wanted)).verdict).toBe('error')
    expect(await measured('sum(', wanted)).toMatchObject({
      verdict: 'error',
      detail: expect.stringContaining('parse error'),
    })
  })
})
