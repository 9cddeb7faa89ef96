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

describe('places where calls are counted', () => {
  const sources = (text: string) => `${FRONT}usage: { sources: { lb: ${text} } }\n`

  it.each([
    ['{ file: a.log }', {from: 'file', file: 'a.log'}],
    ['{ syslog: "UDP://127.0.0.1:5514" }', {from: 'syslog', listen: {by: 'udp', host: '127.0.0.1', port: 5514}}],
    ['{ syslog: "tcp://[::1]:5514" }', {from: 'syslog', listen: {by: 'tcp', host: '::1', port: 5514}}],
    ['{ haproxy: /run/a.sock }', {from: 'table', socket: '/run/a.sock', table: 'sluice', expireMs: 24 * 86_400_000}],
    [
      '{ prometheus: sum(x), contract: a, labels: { client: job } }',
      {from: 'prometheus', query: 'sum(x)', contract: 'a', labels: {version: 'version', client: 'job'}},
    ],
    ['{ balancer: embedded }', {from: 'balancer'}],
  ])('%s', (text, source) => {
    expect(valid(sources(text)).usage.sources.get('lb')).toEqual(source)
  })

  it.each([
    [
      '{ format: json }',
      '4:25 a source says not where calls are counted (name one of file, syslog, haproxy, prometheus, balancer)',
    ],
    [
      '{ file: a.log, haproxy: b }',
      '4:25 a source is one of file and haproxy (name one of file, syslog, haproxy, prometheus, balancer)',
    ],
    ['{ haproxy: b, format: json }', '4:25 a source by haproxy has no format (leave format out)'],
    [
      '{ prometheus: sum(x) }',
      '4:25 a source by prometheus says not which contract is called (name it: contract: accounts-api)',
    ],
    [
      '{ syslog: "127.0.0.1:5514" }',
      '4:35 "127.0.0.1:5514" is not an address to listen on (write it like udp://127.0.0.1:5514 or tcp://127.0.0.1:5514)',
    ],
    ['{ syslog: "udp://127.0.0.1:99999" }', '4:35 there is no port 99999 (ports end at 65535)'],
  ])('%s is refused', (text, problem) => {
    expect(problemsOf(sources(text))).toEqual([problem])
  })
})
