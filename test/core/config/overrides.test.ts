import {describe, expect, it} from 'vitest'
import {problemsOf, valid} from './support.ts'

const BASE = `sluice: 1
system: shop
services:
  a:
    role: critical
    run: { command: "node a.js", replicas: 2, env: { LOG: info, REGION: eu }, health: { path: /up, timeout: 5s } }
    rollout: { checks: [{ errors: "< 1%" }] }
  b: {}
environments:
`

describe('an environment', () => {
  it('overrides anything of a service, mapping by mapping, and nothing for the others', () => {
    const config =
      valid(`${BASE}  test: { services: { a: { role: backend, run: { replicas: 6, env: { LOG: debug }, health: { timeout: 1m } } } } }
  production: {}
`)
    const test = config.environments.get('test')
    expect(test?.services.get('a')).toEqual({
      ...config.services.get('a'),
      role: 'backend',
      rollout: {...config.services.get('a')?.rollout, steps: [100], bakeMs: 0},
      run: {
        command: ['node', 'a.js'],
        replicas: 6,
        env: {LOG: 'debug', REGION: 'eu'},
        health: {path: '/up', timeoutMs: 60_000},
      },
    })
    expect(test?.services.get('b')).toBe(config.services.get('b'))
    expect(config.environments.get('production')?.services).toBe(config.services)
    expect(config.services.get('a')?.run?.replicas).toBe(2)
  })

  it('replaces a list as a whole', () => {
    const config = valid(`${BASE}  test: { services: { a: { rollout: { checks: [] } } } }\n`)
    expect(config.environments.get('test')?.services.get('a')?.rollout.checks).toEqual([])
  })

  it('is pointed at where it is wrong, and the service where that is', () => {
    expect(
      problemsOf(
        `${BASE}  test: { services: { a: { run: { replica: 6, port: many } }, b: { run: { health: { timeout: 5s } } } } }\n`,
      ),
    ).toEqual([
      '10:35 unknown key "replica" (did you mean "replicas"?)',
      '10:53 "many" is not a port (a whole number from 1 to 65535)',
      '10:75 the key "path" is missing',
    ])
    expect(
      problemsOf(`${BASE.replace('b: {}', 'b: { rolle: x }')}  test: { services: { b: { role: client } } }\n`),
    ).toEqual(['8:8 unknown key "rolle" (did you mean "role"?)'])
    expect(problemsOf(`${BASE}  test: { services: { a: 6 } }\n`)).toEqual(['10:26 6 is not a part of a service'])
  })

  it('may know other releases and other neighbours, which are looked at as they are there', () => {
    const base = `sluice: 1
system: shop
services:
  a: { releases: { 1.0.0: { provides: { c: 1.0.0 } } } }
  b: { releases: { 1.0.0: {} }, after: [a] }
environments:
  plain: { target: { a: 1.0.0 } }
`
    const config = valid(
      `${base}  own: { target: { a: 2.0.0 }, services: { a: { releases: { 2.0.0: {} } }, b: { after: [] } } }\n`,
    )
    const own = config.environments.get('own')?.services
    expect(own?.get('a')?.releases.map(({version}) => version)).toEqual(['1.0.0', '2.0.0'])
    expect(own?.get('b')?.after).toEqual([])
    expect(problemsOf(`${base}  other: { target: { a: 2.0.0 }, services: { b: { role: client } } }\n`)).toEqual([
      '8:25 there is no release 2.0.0 of a (its releases: 1.0.0)',
    ])
    expect(
      problemsOf(
        `${base}  own: { services: { a: { after: [b] }, b: { after: [bb, a], releases: { 1.0.0: { provides: { c: 1.0.0 } } } } } }\n`,
      ),
    ).toEqual([
      '8:54 there is no service "bb" (did you mean "b"?)',
      '8:58 after goes in a circle: a waits for b waits for a (leave one of them out)',
      '8:95 c is provided by a and by b (a contract has one server: give one of the two another name)',
    ])
  })
})
