import {describe, expect, it} from 'vitest'
import {problemsOf, valid} from './support.ts'

const text = (check: string) => `sluice: 1\nsystem: shop\nservices:\n  a: { rollout: { checks: [${check}] } }\n`
const read = (check: string) => valid(text(check)).services.get('a')?.rollout.checks[0]
const wrong = (check: string) => problemsOf(text(check)).map(problem => problem.replace(/^\d+:\d+ /, ''))

describe('a check', () => {
  it('is read with its limits', () => {
    expect(
      read(
        '{ http: /health, json: queue.depth, success: "< 100", failure: ">= 1000", status: 200, interval: 2s, count: 3, failureLimit: 1, inconclusiveLimit: 2, consecutiveErrorLimit: 0, name: queue, observe: true, onInconclusive: fail }',
      ),
    ).toEqual({
      kind: 'http',
      path: '/health',
      status: 200,
      json: 'queue.depth',
      success: {is: '<', value: 100},
      failure: {is: '>=', value: 1000},
      timeoutMs: 10_000,
      intervalMs: 2000,
      count: 3,
      failureLimit: 1,
      inconclusiveLimit: 2,
      consecutiveErrorLimit: 0,
      name: 'queue',
      observe: true,
      onInconclusive: 'fail',
    })
  })

  it('may compare next with current, with a margin of its kind', () => {
    expect(read('{ compare: errors }')).toEqual({kind: 'compare', of: 'errors', margin: 1, confidence: 95})
    expect(read('{ compare: p95 }')).toEqual({kind: 'compare', of: 95, margin: 20, confidence: 95})
    expect(read('{ compare: p99, margin: 5%, confidence: 99% }')).toMatchObject({margin: 5, confidence: 99})
  })

  it('may be a query, which says what must hold', () => {
    expect(read(`{ prometheus: 'up{job="{service}"}', success: "== 1" }`)).toEqual({
      kind: 'prometheus',
      query: 'up{job="{service}"}',
      success: {is: '==', value: 1},
      timeoutMs: 10_000,
    })
    expect(wrong(`{ prometheus: up }`)).toEqual([
      'the query has nothing to be measured by (say what must hold, like success: "< 0.01")',
    ])
  })

  it('has only the keys of its kind, and both halves of a value in JSON', () => {
    expect(wrong('{ errors: "< 1%", interval: 1s }')).toEqual([
      'a check of errors has no interval (leave interval out)',
    ])
    expect(wrong('{ command: ./ok, margin: 1% }')).toEqual(['a check of command has no margin (leave margin out)'])
    expect(wrong('{ http: /, json: a.b }')).toEqual([
      'the value in the JSON has nothing to be measured by (say what must hold, like success: "== ready")',
    ])
    expect(wrong('{ http: /, success: "== 1" }')).toEqual([
      'nothing says where the value stands that must hold (say it, like json: queue.depth)',
    ])
  })

  it('compares with what can be compared', () => {
    expect(wrong('{ command: ./ok, success: "< few" }')).toEqual([
      '"few" is not a number (text can only be compared with == and !=)',
    ])
    expect(wrong('{ command: ./ok, success: "around 7" }')).toEqual([
      '"around 7" is not a condition (write it like "< 0.5", ">= 100" or "== ready")',
    ])
    expect(wrong('{ http: /, json: "$..*", success: "== 1" }')).toEqual([
      '"$..*" is not the place of one value in JSON (write it like queue.depth or nodes[0].state)',
    ])
  })
})

describe('a prometheus', () => {
  const file = (prometheus: string) =>
    `sluice: 1\nsystem: shop\nservices: { a: }\nenvironments:\n  prod: { prometheus: ${prometheus} }\n`

  it('has an address, and its token in the environment', () => {
    const {environments} = valid(file('{ url: "http://prometheus:9090/base", tokenFrom: PROM_TOKEN }'))
    expect(environments.get('prod')?.prometheus).toEqual({
      url: 'http://prometheus:9090/base',
      tokenFrom: 'PROM_TOKEN',
    })
    expect(problemsOf(file('{ url: prometheus:9090 }'))).toEqual([
      '5:30 "prometheus:9090" is not an address (write it like https://prometheus.example:9090)',
    ])
  })
})
