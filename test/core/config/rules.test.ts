import {describe, expect, it} from 'vitest'
import {problemsOf} from './support.ts'

const HEAD = 'sluice: 1\nsystem: shop\n'

/** The problems of a file whose first two lines are given. */
function wrong(text: string): string[] {
  return problemsOf(HEAD + text)
}

describe('a contract has one server', () => {
  it('and the second one is pointed at, once', () => {
    expect(
      wrong(`services:
  a: { releases: { 1.0.0: { provides: { x-api: 1.0.0 } } } }
  b:
    releases:
      1.0.0: { provides: { x-api: 1.0.0 } }
      2.0.0: { provides: { x-api: 2.0.0 } }
  c: { releases: { 1.0.0: { modes: { m: { provides: { x-api: 1.0.0 } } } } } }
`),
    ).toEqual([
      '7:28 x-api is provided by a and by b (a contract has one server: give one of the two another name)',
      '9:55 x-api is provided by a and by c (a contract has one server: give one of the two another name)',
    ])
  })
})

describe('a strict contract', () => {
  it('takes exact versions only', () => {
    expect(
      wrong(`contracts:
  x-api: { compatibility: strict }
services:
  a: { releases: { 1.0.0: { provides: { x-api: [1.0.0, ^2] } } } }
  b: { releases: { 1.0.0: { consumes: { x-api: "1.0.0 || 2.0.0" } }, 2.0.0: { consumes: { x-api: ~1.0 } } } }
`),
    ).toEqual([
      '6:48 "^2" is a range, and x-api is strict (name exact versions, like "1.0.0 || 2.0.0")',
      '7:98 "~1.0" is a range, and x-api is strict (name exact versions, like "1.0.0 || 2.0.0")',
    ])
  })
})

describe('after', () => {
  it('does not go in a circle', () => {
    expect(wrong('services:\n  a: { after: [c] }\n  b: { after: [a] }\n  c: { after: [d, b] }\n  d: {}\n')).toEqual([
      '5:16 after goes in a circle: a waits for c waits for b waits for a (leave one of them out)',
    ])
    expect(wrong('services:\n  a: { after: [a] }\n')).toEqual([
      '4:16 after goes in a circle: a waits for itself (leave one of them out)',
    ])
  })

  it('may be long', () => {
    const chain = Array.from({length: 20_000}, (_, index) => `  s${index}: { after: [s${index + 1}] }\n`)
    expect(wrong(`services:\n${chain.join('')}  s20000: {}\n`)).toEqual([])
  })
})

describe('a service that is mentioned', () => {
  it('is one of the file', () => {
    expect(
      wrong(`services:
  accounts: {}
  billing: { after: [acounts] }
apart: [[billing, acconts], [elsewhere-a, elsewhere-b], [accounts, elsewhere]]
environments:
  production:
    current: { acounts: 1.0.0 }
    target: { billling: none }
    services: { bling: {} }
    excuse: [{ client: biling, server: accounts, contract: x-api, reason: known }]
`),
    ).toEqual([
      '5:22 there is no service "acounts" (did you mean "accounts"?)',
      '6:19 there is no service "acconts" (did you mean "accounts"?)',
      '6:68 there is no service "elsewhere" (services: accounts, billing)',
      '9:16 there is no service "acounts" (did you mean "accounts"?)',
      '10:15 there is no service "billling" (did you mean "billing"?)',
      '11:17 there is no service "bling" (services: accounts, billing)',
      '12:24 there is no service "biling" (did you mean "billing"?)',
      '12:60 there is no contract "x-api"',
    ])
  })
})

describe('a release that is asked for', () => {
  it('is known, as is its mode', () => {
    expect(
      wrong(`services:
  a: { releases: { 1.0.0: {}, 2.0.0: { modes: { v1: {}, v2: {} } } } }
  b: { releases: { 1.0.0: {} } }
  c: { repo: ../c, releases: { 1.0.0: {} } }
environments:
  test:
    current: { a: 1.5.0, b: { release: 1.0.0, mode: v1 }, c: 9.0.0 }
    target: { a: { release: ^2, mode: v3 }, b: ^2, c: ^9 }
`),
    ).toEqual([
      '9:19 there is no release 1.5.0 of a (its releases: 1.0.0, 2.0.0)',
      '9:53 this release of b has no mode "v1" (it has no modes: leave the mode out)',
      '10:39 this release of a has no mode "v3" (did you mean "v1"?)',
      '10:48 no release of b is in "^2" (its releases: 1.0.0)',
    ])
  })

  it('runs as one version, not as a range', () => {
    expect(wrong('services: { a: {} }\nenvironments: { test: { current: { a: ^1 } } }\n')).toEqual([
      '4:39 "^1" is not a version (write a full version like "1.10.0")',
    ])
  })
})

describe('upgradesFrom', () => {
  it('asks for a mode that there is', () => {
    expect(
      wrong(
        'services:\n  a: { releases: { 1.0.0: { modes: { v1: {} } }, 2.0.0: { upgradesFrom: { release: ^1, mode: v2 } } } }\n',
      ),
    ).toEqual(['4:94 no release of a has a mode "v2" (did you mean "v1"?)'])
  })
})

describe('a contract that is consumed', () => {
  const consuming = (name: string, contracts = '') =>
    wrong(`${contracts}services:
  accounts: { releases: { 1.0.0: { provides: { accounts-api: 1.0.0 } } } }
  billing: { releases: { 1.0.0: { consumes: { ${name}: ^1 } } } }
`)

  it('is not almost one that is provided', () => {
    expect(consuming('acounts-api')).toEqual([
      '5:47 nobody provides acounts-api (did you mean "accounts-api"? A contract from outside of the system is declared under "contracts")',
    ])
  })

  it('may be another one that sounds like it', () => {
    for (const name of ['account-2-api', 'accounts-db', 'bccounts-api-v2', 'counts', 'a'])
      expect(consuming(name)).toEqual([])
    expect(consuming('accountsapi')).toHaveLength(1)
    expect(consuming('acconuts-api')).toHaveLength(1)
  })

  it('may be served from outside', () => {
    expect(consuming('payments-by-somebody')).toEqual([])
    expect(consuming('acounts-api', 'contracts: { acounts-api: {} }\n')).toEqual([])
  })
})

describe('a driver', () => {
  it('is one that there is', () => {
    expect(
      wrong('services: {}\nenvironments: { test: { runtime: { driver: dokcer }, balancer: { driver: apache } } }\n'),
    ).toEqual([
      '4:44 there is no runtime driver "dokcer" (did you mean "docker"?)',
      '4:74 there is no balancer driver "apache" (drivers: embedded, haproxy, nginx)',
    ])
  })
})

describe('an address to listen on', () => {
  it('belongs to one service, as far as environments do not say otherwise', () => {
    const services = `services:
  a: { route: { backend: a, listen: "127.0.0.1:8001" } }
  b: { route: { backend: b, listen: "127.0.0.1:8001" } }
`
    expect(wrong(services)).toEqual(['5:37 a listens on 127.0.0.1:8001 already (give each its own port)'])
    const moved = 'environments: { test: { services: { b: { route: { listen: "127.0.0.1:8002" } } } } }\n'
    expect(wrong(services + moved)).toEqual([])
  })
})
