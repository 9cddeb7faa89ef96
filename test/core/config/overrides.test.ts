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
})
