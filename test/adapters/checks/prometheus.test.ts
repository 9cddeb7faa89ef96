import nock from 'nock'
import {describe, expect, it} from 'vitest'
import {checksWith} from '../../../src/adapters/checks/checks.ts'
import type {ProbeConfig, ProbeContext} from '../../../src/ports/checks.ts'
import {withoutNetwork} from '../../support/no-network.ts'

const URL = 'http://prometheus.test:9090/base'
const CONTEXT: ProbeContext = {
  service: 'accounts',
  state: {release: '2.0.0', mode: 'v1'},
  share: 25,
  addresses: [],
  folder: '/',
}
const CHECK: ProbeConfig = {
  kind: 'prometheus',
  query: 'sum(rate(errors{job="{service}",release="{release}",mode="{mode}"}[1m])) / {share}',
  success: {is: '<', value: 0.01},
  timeoutMs: 60_000,
}

const checks = checksWith({env: {PROM_TOKEN: 'a secret'}, prometheus: {url: `${URL}/`, tokenFrom: 'PROM_TOKEN'}})
const probe = (difference: Partial<ProbeContext> = {}) => checks.probe(CHECK, {...CONTEXT, ...difference})

const asked = () => nock('http://prometheus.test:9090').post('/base/api/v1/query')
const vector = (...values: readonly string[]) => ({
  status: 'success',
  data: {resultType: 'vector', result: values.map(value => ({metric: {}, value: [1, value]}))},
})

describe('a Prometheus', () => {
  withoutNetwork()

  it('is sent the query with what is checked filled in, and the token', async () => {
    let sent = ''
    const scope = nock('http://prometheus.test:9090', {reqheaders: {authorization: 'Bearer a secret'}})
      .post('/base/api/v1/query', body => ((sent = (body as {query: string}).query), true))
      .reply(200, vector('0.001'))
    expect(await probe()).toEqual({verdict: 'passed', detail: '0.001, wanted < 0.01'})
    expect(sent).toBe('sum(rate(errors{job="accounts",release="2.0.0",mode="v1"}[1m])) / 25')
    scope.done()
  })

  it.each([
    [vector('0.5'), 'failed', '0.5, wanted < 0.01'],
    [vector('0', '0.5'), 'failed', '0, 0.5, wanted < 0.01'],
    [{status: 'success', data: {resultType: 'scalar', result: [1, '0']}}, 'passed', '0, wanted < 0.01'],
    [vector(), 'error', 'the query finds no series'],
    [vector('NaN'), 'error', 'NaN, wanted < 0.01: not a number'],
  ] as const)('answers %j: %s', async (answer, verdict, detail) => {
    asked().reply(200, answer)
    expect(await probe()).toEqual({verdict, detail})
  })

  it.each([
    [400, {status: 'error', errorType: 'bad_data', error: 'parse error'}, `${URL}/: parse error`],
    [502, '<html>', `${URL}/: answers 502`],
  ])('that answers %i has measured nothing', async (status, body, detail) => {
    asked().reply(status, body)
    expect(await probe()).toEqual({verdict: 'error', detail})
  })

  it('that is away, slow, or not named, or has no token, has measured nothing', async () => {
    asked().replyWithError(Object.assign(new Error('connect'), {code: 'ECONNREFUSED'}))
    expect((await probe()).verdict).toBe('error')
    // On a busy machine there may be no time to ask at all.
    asked().optionally().delay(60_000).reply(200, vector('0'))
    expect(await checks.probe({...CHECK, timeoutMs: 20}, CONTEXT)).toEqual({
      verdict: 'error',
      detail: 'no answer in time',
    })
    expect((await probe({signal: AbortSignal.abort()})).verdict).toBe('error')
    const unnamed = checksWith({env: {}})
    expect((await unnamed.probe(CHECK, CONTEXT)).detail).toBe('the environment names no prometheus to ask')
    const poor = checksWith({env: {}, prometheus: {url: URL, tokenFrom: 'PROM_TOKEN'}})
    expect((await poor.probe(CHECK, CONTEXT)).detail).toBe('PROM_TOKEN is not set')
  })
})
