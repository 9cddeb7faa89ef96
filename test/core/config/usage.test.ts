import {describe, expect, it} from 'vitest'
import {problemsOf, valid} from './support.ts'

const FRONT = 'sluice: 1\nsystem: shop\nservices: { api: {} }\n'

describe('how calls are counted', () => {
  it('has the strongest evidence first where nothing is said', () => {
    expect(valid(FRONT).usage).toEqual({
      clients: ['certificate', 'key', 'token', 'service', 'agent', 'address'],
      captures: [],
      fields: new Map(),
      ignore: [],
      sources: new Map(),
    })
  })

  it('is read as written', () => {
    const text = `${FRONT}usage:
  clients: [service, address]
  captures: [service, "-", "header:X-Version"]
  fields: { time: ts, "header:X-Version": version }
  ignore: [{ path: /healthz, reason: health checks }]
  sources: { lb1: { file: /var/log/haproxy.log, format: haproxy } }
`
    expect(valid(text).usage).toMatchObject({
      clients: ['service', 'address'],
      captures: ['service', '-', 'header:X-Version'],
      ignore: [{path: '/healthz', reason: 'health checks'}],
      sources: new Map([['lb1', {file: '/var/log/haproxy.log', format: 'haproxy'}]]),
    })
  })

  it('refuses what is no evidence', () => {
    expect(problemsOf(`${FRONT}usage: { clients: [cookie] }\n`)).toHaveLength(1)
    expect(problemsOf(`${FRONT}usage: { captures: [cookie] }\n`)).toHaveLength(1)
  })

  it('knows when a version ends', () => {
    const text = `${FRONT}contracts:
  a: { sunset: { 1: 2027-01-31, 2: { deprecated: 2026-09-01, sunset: "2027-02-01T12:00Z", link: "https://x.test/v2" } } }
`
    expect(valid(text).contracts.get('a')?.sunset).toEqual(
      new Map([
        [1, {sunset: Date.UTC(2027, 0, 31)}],
        [2, {deprecated: Date.UTC(2026, 8, 1), sunset: Date.UTC(2027, 1, 1, 12), link: 'https://x.test/v2'}],
      ]),
    )
    expect(problemsOf(`${FRONT}contracts: { a: { sunset: { 1: soon } } }\n`)).toHaveLength(1)
  })
})
