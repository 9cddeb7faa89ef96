import {describe, expect, it} from 'vitest'
import {amissWith} from '../../src/adapters/driver-options.ts'
import {BALANCER_DRIVERS} from '../../src/adapters/balancer/registry.ts'
import {RUNTIME_DRIVERS} from '../../src/adapters/runtime/registry.ts'
import {parseConfig} from '../../src/core/config/parse.ts'

/** What is said of a file with these two lines, each as `line:column message (hint)`. */
function said(runtime: string, balancer = '{ driver: embedded }'): readonly string[] {
  const text = `sluice: 1
system: shop
services: { accounts: {} }
environments:
  production:
    runtime: ${runtime}
    balancer: ${balancer}
`
  const known = {runtimes: RUNTIME_DRIVERS, balancers: BALANCER_DRIVERS, amiss: amissWith}
  const parsed = parseConfig({file: 'sluice.yaml', text}, known)
  const problems = parsed.ok ? [] : (parsed.failure.problems ?? [])
  return problems.map(({line, column, message, hint}) => `${line}:${column} ${message} (${hint})`)
}

describe('the options of drivers', () => {
  it('are looked at where they stand, all at once', () => {
    expect(said('{ driver: docker, sokcet: /s, ports: 7 }', '{ driver: haproxy, socket: /s, dynamic: 1 }')).toEqual([
      '6:32 docker has no option "sokcet" (did you mean "socket"?)',
      '6:51 ports: 7 (must be two ports, like 20000-29999)',
      '7:55 dynamic: 1 (must be true or false)',
    ])
  })

  it('of no driver are left unread', () => {
    for (const name of RUNTIME_DRIVERS)
      expect(amissWith('runtime', {driver: name, options: {mistake: 1}}).map(({key}) => key)).toEqual(['mistake'])
    for (const name of BALANCER_DRIVERS)
      expect(amissWith('balancer', {driver: name, options: {mistake: 1}}).map(({key}) => key)).toEqual(['mistake'])
  })

  it('that must be there are missed at the driver', () => {
    expect(said('{ driver: command, start: ops/start, stop: ops/stop }', '{ driver: haproxy }')).toEqual([
      '6:5 status is missing (name the command that does it: status: ops/status.sh)',
      '7:5 the haproxy balancer has no socket (name the `stats socket`: a path such as /run/haproxy/admin.sock, or host:port)',
    ])
  })

  it('that are missing are told beside those that are wrong, unless one was perhaps only misspelt', () => {
    expect(said('{ driver: command, start: "a | b", stop: b, timeout: 3 }')).toHaveLength(3)
    expect(said('{ driver: command, strt: a, stop: b, status: c }')).toEqual([
      '6:33 command has no option "strt" (did you mean "start"?)',
    ])
  })

  it.each([
    ['mode: map', '7:52 mode: map has no map (name the file of the map as HAProxy does: map: /etc/haproxy/sluice.map)'],
    ['map: /m', '7:46 a map is named, and shared out by weights (say mode: map, or leave the map out)'],
    ['tls: {}', '7:46 tls goes with host:port (/s is a path: leave tls out, or name host:port)'],
  ])('of haproxy have to fit each other: %s', (written, problem) => {
    expect(said('{ driver: process }', `{ driver: haproxy, socket: /s, ${written} }`)).toEqual([problem])
  })
})
