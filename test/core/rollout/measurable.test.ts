import {expect, it} from 'vitest'
import type {CheckConfig} from '../../../src/core/config/config.ts'
import {unmeasurable} from '../../../src/core/rollout/measurable.ts'
import {serviceConfig} from '../../support/world.ts'

const ERRORS: CheckConfig = {kind: 'errors', below: 1}
const SLOW: CheckConfig = {kind: 'latency', quantile: 95, belowMs: 300}
const HTTP: CheckConfig = {kind: 'http', path: '/', timeoutMs: 1000}

/** What HAProxy and open-source nginx count. */
const HAPROXY = {requests: true, latency: false}
const NGINX = {requests: false, latency: false}

function refused(counts: typeof HAPROXY, ...checks: readonly CheckConfig[]): string | undefined {
  const {rollout} = serviceConfig('a')
  return unmeasurable(serviceConfig('a', {rollout: {...rollout, checks}}), counts)?.message
}

it('refuses what nobody counts, and a latency where nothing else is judged', () => {
  expect(refused(HAPROXY, ERRORS, SLOW)).toBeUndefined()
  expect(refused(HAPROXY, SLOW)).toBe(
    'the check p95 of a would never have a verdict: this balancer measures no latency',
  )
  expect(refused(HAPROXY, SLOW, {...HTTP, observe: true})).toContain('p95')
  expect(refused(HAPROXY, {...SLOW, onInconclusive: 'continue'})).toBeUndefined()
  expect(refused(NGINX, ERRORS, HTTP)).toContain('this balancer counts no requests')
  expect(refused(NGINX, SLOW, HTTP)).toContain('this balancer counts no requests')
  expect(refused(NGINX, HTTP)).toBeUndefined()
})
