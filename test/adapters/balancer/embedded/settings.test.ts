import {describe, expect, it} from 'vitest'
import {DEFAULT_SETTINGS, parseSettings} from '../../../../src/adapters/balancer/embedded/settings.ts'

const parse = (options: Record<string, unknown>) =>
  parseSettings(options, '/shop/sluice.yaml', 'environments.prod.balancer')

describe('the options of the embedded balancer', () => {
  it('may all be left out', () => {
    expect(parse({})).toEqual({ok: true, value: DEFAULT_SETTINGS})
  })

  it('are durations and counts', () => {
    const options = {
      connect: '1s',
      headers: '5s',
      idle: '5m',
      keepAlive: '30s',
      tunnel: '12h',
      retries: 0,
      maxConnections: 10,
    }
    expect(parse(options)).toEqual({
      ok: true,
      value: {
        connectMs: 1000,
        headersMs: 5000,
        idleMs: 300_000,
        keepAliveMs: 30_000,
        tunnelMs: 43_200_000,
        retries: 0,
        maxConnections: 10,
      },
    })
  })

  it('are refused together, each with what would be right', () => {
    const refused = parse({idles: '5m', connect: 5, tunnel: '100d', retries: -1, maxConnections: 0})
    expect(refused.ok ? [] : refused.failure.problems?.map(({message, hint}) => `${message} -> ${hint}`)).toEqual([
      'environments.prod.balancer: embedded has no option "idles" -> did you mean "idle"?',
      'environments.prod.balancer: connect: 5 -> must be a duration, like 500ms, 10s or 5m',
      'environments.prod.balancer: tunnel: "100d" -> must be a duration, like 500ms, 10s or 5m',
      'environments.prod.balancer: retries: -1 -> must be a whole number from 0 up',
      'environments.prod.balancer: maxConnections: 0 -> must be a whole number from 1 up',
    ])
  })
})
