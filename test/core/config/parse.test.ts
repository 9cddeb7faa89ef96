import {FULL} from '../../support/world.ts'
import {describe, expect, it} from 'vitest'
import {problemsOf, valid} from './support.ts'

describe('parseConfig', () => {
  it('fills in the defaults', () => {
    const config = valid(
      'sluice: 1\nsystem: shop\nservices:\n  web: { role: client }\n  api: {}\nenvironments:\n  test: {}\n',
    )
    expect(config.services.get('web')).toEqual({
      name: 'web',
      role: 'client',
      tag: 'v{version}',
      after: [],
      releases: [],
      rollout: {steps: [10, 50, 100], bakeMs: 60_000, checks: [], minRequests: 20, ...FULL},
    })
    expect(config.services.get('api')).toMatchObject({role: 'backend', rollout: {steps: [100]}})
    expect(config.environments.get('test')).toMatchObject({
      runtime: {driver: 'process', options: {}},
      balancer: {driver: 'embedded', options: {}},
      services: config.services,
    })
  })

  it('tells every problem at once, in the order of the file', () => {
    const text = `sluice: 1
system: shop
services:
  accounts:
    rolle: critical
    run: { command: "node server.js", replicas: three, port: "8080" }
    rollout: { steps: [5, 50], bake: 60 }
  billing:
    releases:
      "1.10": {}
      2.0.0: { consumes: { accounts-api: ^two } }
    after: [acounts]
environments:
  production:
    runtime: { driver: docer }
    target: { biling: 2.0.0, billing: 3.0.0 }
`
    expect(problemsOf(text)).toEqual([
      '5:5 unknown key "rolle" (did you mean "role"?)',
      '6:49 "three" is not a number of replicas (a whole number from 1 to 10000)',
      '6:62 "8080" is not a port (write it without quotes)',
      '7:23 the last share is 50, not 100 (end with 100, like [5, 25, 50, 100])',
      '7:38 "60" is not a duration (write a number and a unit, like 500ms, 30s, 5m, 12h or 7d)',
      '10:7 "1.10" is not a version (write a full version like "1.10.0")',
      '11:42 "^two" is not a version or a range (write a version like 1.10.0, or a range like ^1.2, ">=1 <3" or "^1 || ^2")',
      '12:13 there is no service "acounts" (did you mean "accounts"?)',
      '15:24 there is no runtime driver "docer" (did you mean "docker"?)',
      '16:15 there is no service "biling" (did you mean "billing"?)',
      '16:39 there is no release 3.0.0 of billing (its releases: 1.10, 2.0.0)',
    ])
  })

  it('tells what does not fit together also where the file lacks what it must have', () => {
    const text = `sluice: 2
services:
  accounts: { after: [acounts], matrix: { tset: make } }
environments:
  production:
    target: { billing: 3.0.0 }
    services: { accounts: { run: { replicas: three } } }
`
    expect(problemsOf(text)).toEqual([
      '1:1 the key "system" is missing',
      '1:9 the form 2 of this file is not known (this release of sluice reads "sluice: 1")',
      '3:23 there is no service "acounts" (did you mean "accounts"?)',
      '3:43 unknown key "tset" (did you mean "test"?)',
      '6:15 there is no service "billing" (services: accounts)',
      '7:46 "three" is not a number of replicas (a whole number from 1 to 10000)',
    ])
  })

  it('says only that there are no services where there are none', () => {
    expect(problemsOf('sluice: 1\nsystem: shop\nenvironments: { test: { target: { a: 1.0.0 } } }\n')).toEqual([
      '1:1 the key "services" is missing',
    ])
  })
})
