import {spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {eventually} from './eventually.ts'
import {freePort} from './ports.ts'

/** A Prometheus of the test's own, and what it scrapes five times a second. */
export interface PrometheusRig {
  readonly url: string
  /** What the exporter shows from now on. */
  shows(metrics: string): void
  end(): Promise<void>
}

export function hasPrometheus(): boolean {
  return spawnSync('prometheus', ['--version']).status === 0
}

export async function prometheusRig(metrics: string): Promise<PrometheusRig> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-prometheus-'))
  let shown = metrics
  const exporter = createServer((_, response) => {
    response.writeHead(200, {'content-type': 'text/plain; version=0.0.4'}).end(stamped(shown))
  })
  exporter.listen(0, '127.0.0.1')
  await once(exporter, 'listening')
  const target = `127.0.0.1:${(exporter.address() as AddressInfo).port}`
  const port = await freePort()
  const config = {
    global: {scrape_interval: '200ms', scrape_timeout: '200ms'},
    scrape_configs: [{job_name: 'shop', static_configs: [{targets: [target]}]}],
  }
  // JSON is YAML.
  const file = join(folder, 'prometheus.yml')
  writeFileSync(file, JSON.stringify(config))
  const options = [`--config.file=${file}`, `--storage.tsdb.path=${join(folder, 'data')}`]
  const program = spawn('prometheus', [...options, `--web.listen-address=127.0.0.1:${port}`], {stdio: 'ignore'})
  const url = `http://127.0.0.1:${port}`
  await eventually(() => isUp(url))
  return {
    url,
    shows: next => {
      shown = next
    },
    end: async () => {
      const gone = once(program, 'exit')
      program.kill('SIGKILL')
      await gone
      exporter.closeAllConnections()
      await new Promise(resolve => exporter.close(resolve))
      rmSync(folder, {recursive: true, force: true})
    },
  }
}

/** A value with a time of its own stays when a scrape takes too long; one without would be gone until the next. */
function stamped(metrics: string): string {
  return metrics.trimStart().replaceAll(/.$/gm, `$& ${Date.now()}`)
}

/** It answers, and has scraped the exporter. */
async function isUp(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/api/v1/query?query=up`)
    return (await answer.text()).includes('"1"')
  } catch {
    return false
  }
}
