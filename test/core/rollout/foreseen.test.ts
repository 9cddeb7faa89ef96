import {expect, it} from 'vitest'
import {countingOf} from '../../../src/adapters/balancer/abilities.ts'
import {foreseen} from '../../../src/core/rollout/foreseen.ts'
import {valid} from '../config/support.ts'

const TEXT = `sluice: 1
system: shop
services:
  a:
    route: { backend: a }
    rollout: { steps: [50, 100], checks: [{ errors: "< 1%" }, { p95: "< 1s" }, { http: /healthz }] }
    releases: { 1.0.0: {} }
environments:
  one: { balancer: { driver: embedded } }
  two: { balancer: { driver: haproxy, socket: x } }
  three: { balancer: { driver: nginx } }
  four: { balancer: { driver: nginx }, services: { a: { rollout: { checks: [{ http: / }] } } } }
`

it('names checks that the balancer of an environment cannot answer', () => {
  const {environments} = valid(TEXT)
  const said = foreseen(environments.values(), {file: 'sluice.yaml', text: TEXT}, countingOf)
  expect(said.map(({line, column, message}) => `${line}:${column} ${message}`)).toEqual([
    '10:20 two: the check p95 of a would never have a verdict with haproxy: this balancer measures no latency',
    '11:22 three: the check errors of a would never have a verdict with nginx: this balancer counts no requests',
    '11:22 three: the check p95 of a would never have a verdict with nginx: this balancer counts no requests',
  ])
  expect(foreseen(environments.values(), {file: 'sluice.yaml', text: TEXT}, countingOf, () => false)).toEqual([])
})
