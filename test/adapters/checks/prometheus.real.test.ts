import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {checksWith} from '../../../src/adapters/checks/checks.ts'
import type {Condition} from '../../../src/core/config/config.ts'
import type {Checks, ProbeContext} from '../../../src/ports/checks.ts'
import {hasPrometheus, prometheusRig, type PrometheusRig} from '../../support/prometheus.ts'

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

const isSkipped = !hasPrometheus() && !process.env['CI']

describe.skipIf(isSkipped)('a real Prometheus (needs the program prometheus)', () => {
  let rig: PrometheusRig
  let checks: Checks

  beforeAll(async () => {
    rig = await prometheusRig(METRICS)
    checks = checksWith({env: {}, prometheus: {url: rig.url}})
  }, 40_000)
  afterAll(() => rig.end())

  const measured = (query: string, success: Condition) =>
    checks.probe({kind: 'prometheus', query, success, timeoutMs: 60_000}, CONTEXT)

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
