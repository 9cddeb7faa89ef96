import nock from 'nock'
import {describe, expect, it} from 'vitest'
import {dropsIn} from '../../../src/adapters/calls/drops.ts'
import {readSeries, type CounterQuery} from '../../../src/adapters/calls/series.ts'
import {withoutNetwork} from '../../support/no-network.ts'

const SERVER = 'http://prometheus.test:9090'
const QUERY: CounterQuery = {
  from: 'prometheus',
  query: 'sum by (version, client) (http_requests_total)',
  contract: 'accounts-api',
  labels: {version: 'version', client: 'client'},
}
const PROVIDERS = {env: {}, prometheus: {url: SERVER}}
const series = (metric: Record<string, string>, value: string) => ({metric, value: [1, value]})
const answers = (...result: unknown[]) =>
  nock(SERVER)
    .post('/api/v1/query')
    .reply(200, {status: 'success', data: {resultType: 'vector', result}})

describe('counters in Prometheus', () => {
  withoutNetwork()

  it('are counts by major and client; one without a version is a call to any', async () => {
    answers(
      series({version: 'v1', client: 'billing'}, '7'),
      series({version: '2.3', client: 'mail'}, '3'),
      series({client: 'odd'}, '1'),
      series({version: '1'}, '2'),
      series({version: '1', client: 'quiet'}, '0'),
    )
    const read = await readSeries(QUERY, PROVIDERS, 1000)
    expect(read).toMatchObject({
      ok: true,
      value: {
        at: 1000,
        counts: [
          {major: 1, client: {kind: 'service', name: 'billing'}, calls: 7},
          {major: 2, client: {name: 'mail'}, calls: 3},
          {major: null, client: {name: 'odd'}, calls: 1},
          {major: 1, client: {kind: 'unknown'}, calls: 2},
        ],
      },
    })
  })

  it('are no evidence where there is no series, no server, and no answer', async () => {
    answers()
    const message = (text: string) => ({ok: false, failure: {message: expect.stringContaining(text) as string}})
    expect(await readSeries(QUERY, PROVIDERS, 0)).toMatchObject(message('finds no series'))
    expect(await readSeries(QUERY, {env: {}}, 0)).toMatchObject(message('names no prometheus'))
    expect(await readSeries(QUERY, PROVIDERS, 0)).toMatchObject(message('cannot be asked'))
  })
})

describe('datagrams that the kernel dropped', () => {
  const table = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  410: 0100007F:158A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 8237 2 0000000000000000 42
  411: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 8238 2 0000000000000000 7
`

  it('are those of the port', () => {
    expect([dropsIn(table, 5514), dropsIn(table, 68), dropsIn(table, 99)]).toEqual([42, 7, undefined])
  })
})
