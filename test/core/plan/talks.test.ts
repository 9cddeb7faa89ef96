import {expect, it} from 'vitest'
import {resolve} from '../../../src/core/graph/resolve.ts'
import {systemOf} from '../../../src/core/graph/system-of.ts'
import {talksOf} from '../../../src/core/plan/talks.ts'
import {plan} from '../../../src/core/plan/planner.ts'
import {valid} from '../config/support.ts'

const TEXT = `sluice: 1
system: shop
contracts:
  accounts-api: { compatibility: strict }
services:
  accounts:
    releases:
      1.0.0: { provides: { accounts-api: 1.0.0 } }
      2.0.0: { provides: { accounts-api: [1.1.0, 2.0.0] } }
      3.0.0: { provides: { accounts-api: 2.0.0 } }
  billing:
    releases:
      1.0.0: { consumes: { accounts-api: 1.0.0 } }
      2.0.0:
        modes:
          v1: { consumes: { accounts-api: "1.0.0 || 1.1.0" } }
          v2: { consumes: { accounts-api: 2.0.0 } }
  report: { releases: { 1.0.0: { consumes: { billing-api: ^1 } } } }
  mail: { releases: { 1.0.0: { provides: { mail-api: 1.0.0 } } } }
  letters: { releases: { 1.0.0: { consumes: { mail-api: ^1 } } } }
environments:
  production:
    current: { accounts: 1.0.0, billing: 1.0.0, report: 1.0.0, mail: 1.0.0, letters: 1.0.0 }
    target: { accounts: 3.0.0, billing: 2.0.0 }
`

it('tells what the two sides of a call say in every state that they pass through', () => {
  const config = valid(TEXT)
  const source = {file: 'sluice.yaml', text: TEXT}
  const assembled = systemOf(config, new Map(), source)
  const environment = config.environments.get('production')
  if (!assembled.ok || !environment) throw new Error('not assembled')
  const question = resolve(assembled.value, {environment}, source)
  if (!question.ok) throw new Error(question.failure.message)
  const made = plan(question.value, {timeLimitMs: 10_000, now: () => 0})
  if (made.steps === null) throw new Error('no plan')
  expect(talksOf(question.value.system, made, question.value.current)).toEqual([
    {
      contract: 'accounts-api',
      client: 'billing',
      server: 'accounts',
      asks: {'1.0.0': '1.0.0', '2.0.0:v1': '1.0.0 || 1.1.0', '2.0.0:v2': '2.0.0'},
      gives: {'1.0.0': ['1.0.0'], '2.0.0': ['1.1.0', '2.0.0'], '3.0.0': ['2.0.0']},
    },
  ])
})
