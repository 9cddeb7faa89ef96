import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {formatDuration, parseDuration} from '../../../src/core/base/units.ts'
import type {ServiceConfig} from '../../../src/core/config/config.ts'
import {problemsOf, valid} from './support.ts'

function service(text: string): ServiceConfig {
  const found = valid(`sluice: 1\nsystem: shop\nservices:\n  a: ${text}\n`).services.get('a')
  if (!found) throw new Error('no service a')
  return found
}

/** The problems of one service that is written in one line, from column 6 of line 4 on. */
function wrong(text: string): string[] {
  return problemsOf(`sluice: 1\nsystem: shop\nservices:\n  a: ${text}\n`)
}

describe('state', () => {
  const withState = (text: string) => `sluice: 1\nsystem: shop\nstate: ${text}\nservices: { a: {} }\n`

  it('is the address of a PostgreSQL database', () => {
    expect(valid(withState('postgres://anna@db/sluice?sslmode=verify-full')).state).toBe(
      'postgres://anna@db/sluice?sslmode=verify-full',
    )
    expect(valid(withState('postgresql:///sluice?host=/run/postgresql')).state).toContain('/sluice')
  })

  it('is refused where it is another, and its password is not told', () => {
    expect(problemsOf(withState('mysql://anna:s3cret@db/sluice'))).toEqual([
      '3:8 "mysql://anna:[redacted]@db/sluice" is not where a record can be kept (write postgres://user@host/database, or leave it out for a file beside this one)',
    ])
  })
})

describe('run', () => {
  it('is read with all its keys', () => {
    expect(
      service(`{ run: { command: "node 'my server.js' --port=1", cwd: app, image: "acme/a:{version}", port: 8080, replicas: 3,
        health: { path: /healthz }, env: { LOG: info, VERSION: 1.10, DEBUG: true, EMPTY: "" }, stop: { drain: 1m } } }`)
        .run,
    ).toEqual({
      command: ['node', 'my server.js', '--port=1'],
      cwd: 'app',
      image: 'acme/a:{version}',
      port: 8080,
      replicas: 3,
      health: {path: '/healthz', timeoutMs: 30_000},
      env: {LOG: 'info', VERSION: '1.10', DEBUG: 'true', EMPTY: ''},
      stop: {drainMs: 60_000},
    })
    expect(service('{ run: { command: [sh, -c, "a && b", ""] } }').run).toEqual({command: ['sh', '-c', 'a && b', '']})
  })

  it('says how containers are run, in the words of compose files', () => {
    expect(
      service(`{ run: { args: --verbose, volumes: ["data:/data", "/etc/app:/etc/app:ro"], tmpfs: [/tmp], networks: [back],
        resources: { memory: 1.5g, cpus: 0.5 }, user: "1000:1000", readOnly: true, restart: always,
        healthcheck: { test: "node check.js", retries: 1 } } }`).run,
    ).toEqual({
      args: ['--verbose'],
      volumes: ['data:/data', '/etc/app:/etc/app:ro'],
      tmpfs: ['/tmp'],
      networks: ['back'],
      resources: {memoryBytes: 1.5 * 2 ** 30, cpus: 0.5},
      user: '1000:1000',
      readOnly: true,
      restart: 'always',
      healthcheck: {test: ['node', 'check.js'], intervalMs: 5000, timeoutMs: 5000, retries: 1},
    })
    expect(
      wrong('{ run: { volumes: ["../data:/data"], resources: { memory: 512, cpus: 0 }, restart: allways } }'),
    ).toEqual([
      '4:25 "../data:/data" is not a volume (write name:/inside or /outside:/inside, with :ro behind it where nothing may be written)',
      '4:64 "512" is not an amount of memory (write a number and a unit, like 512m or 2g)',
      '4:75 "0" is not a number of processors (write it like 2 or 0.5)',
      '4:89 "allways" is not a restart policy (did you mean "always"?)',
    ])
  })

  it('refuses what a shell would be needed for', () => {
    expect(wrong('{ run: { command: "npm i && npm start" } }')).toEqual([
      '4:24 "npm i && npm start" is not a command: "&" means something to a shell only, and there is none (a list is taken as it stands, like ["sh", "-c", "..."])',
    ])
    expect(wrong('{ run: { command: "echo \'x" } }')[0]).toContain("the quote ' is not closed")
    expect(wrong('{ run: { command: [] } }')).toEqual(['4:24 0 words are too few (name at least 1)'])
  })

  it('stays in its folder', () => {
    const hint = '(write a path below it, without ".." and not from the root)'
    expect(wrong('{ run: { cwd: ../other } }')).toEqual([`4:20 "../other" leads out of its folder ${hint}`])
    expect(wrong('{ run: { cwd: /etc } }')).toEqual([`4:20 "/etc" leads out of its folder ${hint}`])
    expect(wrong('{ run: { cwd: "a/../../b" } }')).toEqual([`4:20 "a/../../b" leads out of its folder ${hint}`])
    expect(service('{ run: { cwd: a..b/c } }').run?.cwd).toBe('a..b/c')
  })

  it('has numbers where numbers belong', () => {
    expect(wrong('{ run: { port: 80000, replicas: 0 } }')).toEqual([
      '4:21 80000 is not a port (a whole number from 1 to 65535)',
      '4:38 0 is not a number of replicas (a whole number from 1 to 10000)',
    ])
    expect(wrong('{ run: { replicas: 1.5 } }')).toEqual([
      '4:25 1.5 is not a number of replicas (a whole number from 1 to 10000)',
    ])
  })

  it('has a health check with a path', () => {
    expect(wrong('{ run: { health: { timeout: 5s } } }')).toEqual(['4:15 the key "path" is missing'])
    expect(wrong('{ run: { health: { path: healthz } } }')).toEqual([
      '4:31 "healthz" is not a path of a URL (write it like /healthz)',
    ])
  })
})

describe('a rollout', () => {
  it('is read with all kinds of checks', () => {
    expect(
      service(`
    rollout:
      steps: [10, 100]
      bake: 90s
      minRequests: 100
      surge: proportional
      maxUnavailable: 25%
      leastHealthy: 2
      checks: [{ errors: "< 0.5%" }, { p50: "<50ms" }, { p99: "< 1s" }, { http: /ready, timeout: 2s }, { command: "check it" }]`)
        .rollout,
    ).toEqual({
      steps: [10, 100],
      bakeMs: 90_000,
      minRequests: 100,
      surge: 'proportional',
      maxUnavailable: {percent: 25},
      leastHealthy: 2,
      checks: [
        {kind: 'errors', below: 0.5},
        {kind: 'latency', quantile: 50, belowMs: 50},
        {kind: 'latency', quantile: 99, belowMs: 1000},
        {kind: 'http', path: '/ready', timeoutMs: 2000},
        {kind: 'command', command: ['check', 'it'], timeoutMs: 10_000},
      ],
    })
  })

  it('has shares that rise to 100', () => {
    expect(wrong('{ rollout: { steps: [50, 20, 100] } }')).toEqual([
      '4:26 the shares 50, 20, 100 do not rise (write them ascending, like [5, 25, 50, 100])',
    ])
    expect(wrong('{ rollout: { steps: [5, 101] } }')).toEqual([
      '4:30 101 is not a share (a whole number from 0 to 100)',
    ])
    expect(wrong('{ rollout: { steps: [] } }')).toEqual(['4:26 0 shares are too few (name at least 1)'])
  })

  it('says how many instances run, and how many have to be well', () => {
    expect(wrong('{ rollout: { surge: proportinal, maxUnavailable: 25.5%, leastHealthy: 0 } }')).toEqual([
      '4:26 "proportinal" is not a surge (did you mean "proportional"?)',
      '4:55 "25.5%" is not a number of instances (write a number, or a part of them like "25%")',
      '4:76 0 is not a number of instances (a whole number from 1 to 10000)',
    ])
    expect(wrong('{ rollout: { maxUnavailable: 101% } }')).toEqual(['4:35 "101%" is more than all (at most "100%")'])
    expect(service('\n    rollout: { maxUnavailable: 2 }').rollout.maxUnavailable).toEqual({count: 2})
  })

  it('has checks that check one thing each', () => {
    expect(
      wrong('{ rollout: { checks: [{ errors: "< 1%", p95: "< 1s" }, { timeout: 1s }, { errors: 1% }] } }'),
    ).toEqual([
      '4:28 one check holds errors and p95 (make each an entry of its own)',
      '4:61 the check checks nothing (name one of errors, p50, p95, p99, compare, http, command, prometheus)',
      '4:88 "1%" is not a share to stay below (write it like "< 1%")',
    ])
    expect(wrong('{ rollout: { checks: [{ errors: "< 200%" }] } }')).toEqual([
      '4:38 "< 200%" is more than everything (at most "< 100%")',
    ])
    expect(wrong('{ rollout: { checks: [{ p96: "< 1s" }] } }')).toEqual([
      '4:30 unknown key "p96" (did you mean "p95"?)',
    ])
  })
})

describe('releases', () => {
  it('keep the digits of their versions, and are in the order of semver', () => {
    const versions =
      '{ releases: { 1.10.0: {}, 1.9.0: {}, 2.0.0-rc.1: {}, 2.0.0: {}, 2023.8.31: {}, 1.10.0-rc.2+b7: {} } }'
    expect(service(versions).releases.map(({version}) => version)).toEqual([
      '1.9.0',
      '1.10.0-rc.2+b7',
      '1.10.0',
      '2.0.0-rc.1',
      '2.0.0',
      '2023.8.31',
    ])
  })

  it('have full versions', () => {
    expect(wrong('{ releases: { 1.10: {}, v2: {}, 2023.08.31: {}, latest: {}, 1.0.0.0: {} } }')).toEqual([
      '4:20 "1.10" is not a version (write a full version like "1.10.0")',
      '4:30 "v2" is not a version (write a full version like "2.0.0")',
      '4:38 "2023.08.31" is not a version (write a full version like "2023.8.31")',
      '4:54 "latest" is not a version (write a full version like "1.10.0")',
      '4:66 "1.0.0.0" is not a version (write a full version like "1.10.0")',
    ])
  })

  it('are read with all their keys', () => {
    const text = `
    releases:
      1.0.0: { provides: { x: 1, y: [1.0.0, ^2] }, consumes: { z: 1.10 }, irreversible: true }
      2.0.0:
        upgradesFrom: { release: ">=1", mode: m }
        modes: { m: { consumes: { z: ^1 } }, n: { irreversible: true } }
        run: { command: "node two.js" }
      3.0.0: { upgradesFrom: ^2 }`
    expect(service(text).releases).toEqual([
      {
        version: '1.0.0',
        provides: new Map([
          ['x', ['1']],
          ['y', ['1.0.0', '^2']],
        ]),
        consumes: new Map([['z', '1.10']]),
        modes: [],
        irreversible: true,
      },
      {
        version: '2.0.0',
        provides: new Map(),
        consumes: new Map(),
        upgradesFrom: {release: '>=1', mode: 'm'},
        irreversible: false,
        modes: [
          {name: 'm', provides: new Map(), consumes: new Map([['z', '^1']]), irreversible: false},
          {name: 'n', provides: new Map(), consumes: new Map(), irreversible: true},
        ],
        run: {command: ['node', 'two.js']},
      },
      {
        version: '3.0.0',
        provides: new Map(),
        consumes: new Map(),
        upgradesFrom: {release: '^2'},
        modes: [],
        irreversible: false,
      },
    ])
  })
})

describe('nothing behind a key', () => {
  it('is an empty mapping, where a mapping may be empty', () => {
    expect(service('').role).toBe('backend')
    expect(service('\n    run:\n    releases:\n      1.0.0:').releases).toHaveLength(1)
    expect(
      valid('sluice: 1\nsystem: s\nservices: { a: }\nenvironments: { test: { services: { a: } } }\n').environments.size,
    ).toBe(1)
  })

  it('is a problem elsewhere', () => {
    expect(wrong('\n    run: { health: , command: }\n    repo:\n    after:')).toEqual([
      '5:12 nothing is not a health check with a path',
      '5:22 nothing is not a command: a line, or a list of program and arguments',
      '6:5 nothing is not a path or a git URL',
      '7:5 nothing is not a list of services',
    ])
    expect(problemsOf('sluice: 1\nsystem: s\nservices:\n')).toEqual([
      '3:1 nothing is not a mapping whose keys are each a name for a service',
    ])
    expect(problemsOf('sluice: 1\nsystem: s\nservices: { a: }\ncontracts: { x: { calls: } }\n')).toEqual([
      '4:19 calls are told by nothing (name one of path, header, query, rpc)',
    ])
  })
})

describe('a tag', () => {
  it('says where the version stands', () => {
    expect(wrong('{ tag: v }')).toEqual([
      '4:13 "v" does not say where the version stands (write {version} once, like "v{version}")',
    ])
    expect(wrong('{ tag: "{version} x" }')).toEqual([
      '4:13 "{version} x" makes no tags that git takes (write it like "v{version}")',
    ])
    expect(wrong('{ tag: "--{version}" }')).toHaveLength(1)
    expect(service('{ tag: "release/{version}" }').tag).toBe('release/{version}')
  })
})

describe('a route', () => {
  it('has a back end, and a host and port to listen on', () => {
    expect(service('{ route: { backend: a, listen: "[::1]:8001" } }').route).toEqual({
      backend: 'a',
      listen: '[::1]:8001',
    })
    expect(wrong('{ route: { listen: "8001" } }')).toEqual([
      '4:8 the key "backend" is missing',
      '4:25 "8001" is not an address (write host:port, like 127.0.0.1:8001)',
    ])
  })
})

describe('calls', () => {
  const calls = (text: string) =>
    valid(`sluice: 1\nsystem: s\nservices: {}\ncontracts: { x: { calls: ${text} } }\n`).contracts.get('x')?.calls
  const refused = (text: string) =>
    problemsOf(`sluice: 1\nsystem: s\nservices: {}\ncontracts: { x: { calls: ${text} } }\n`)

  it('are told by path, header, query or method', () => {
    expect(calls('{ path: "/api/v{major}/" }')).toEqual({in: 'path', pattern: '/api/v{major}/'})
    expect(calls('{ header: "API-Version: {major}" }')).toEqual({in: 'header', name: 'API-Version', pattern: '{major}'})
    expect(calls('{ query: "v={major}" }')).toEqual({in: 'query', name: 'v', pattern: '{major}'})
    expect(calls('{ rpc: "accounts.v{major}." }')).toEqual({in: 'rpc', pattern: 'accounts.v{major}.'})
  })

  it('are told by one thing, that has the version in it', () => {
    expect(refused('{ path: /api/ }')).toEqual([
      '4:34 "/api/" does not say where the version stands (write {major} once, where the number is)',
    ])
    expect(refused('{ header: "{major}" }')).toEqual([
      '4:36 "{major}" does not name a header and its value (write it like "API-Version: {major}")',
    ])
    expect(refused('{}')).toEqual(['4:26 calls are told by nothing (name one of path, header, query, rpc)'])
    expect(refused('{ path: "/v{major}", query: "v={major}" }')).toEqual([
      '4:26 calls are told by path and query (name one of path, header, query, rpc)',
    ])
  })
})

describe('durations', () => {
  it('read back as they are written', () => {
    fc.assert(
      fc.property(fc.integer({min: 0, max: 10_000_000_000}), ms => {
        expect(parseDuration(formatDuration(ms))).toBe(ms)
      }),
    )
  })
})

describe('the options of a driver', () => {
  it('are its own, as YAML has them, but for numbers that would lose digits', () => {
    const text = `sluice: 1
system: s
services: {}
environments: { test: { runtime: { driver: docker, port: 9000, tag: 1.10, on: true, none: , list: [1, "2"], deep: { a: 1.5 } } } }
`
    expect(valid(text).environments.get('test')?.runtime).toEqual({
      driver: 'docker',
      options: {port: 9000, tag: '1.10', on: true, none: null, list: [1, '2'], deep: {a: 1.5}},
    })
  })
})
