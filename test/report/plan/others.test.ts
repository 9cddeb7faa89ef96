import {describe, expect, it} from 'vitest'
import type {NoPlan} from '../../../src/core/plan/plan.ts'
import {planMarkdown, planMarkdownWithin} from '../../../src/report/plan/markdown.ts'
import {planMermaid} from '../../../src/report/plan/mermaid.ts'
import {noPlanText} from '../../../src/report/plan/no-plan.ts'
import {bytesOf} from '../../../src/report/text/fitted.ts'
import {HOSTILE, MIGRATION, plan, step} from './plans.ts'

describe('a plan as Markdown', () => {
  it('is a sentence, a table and a picture', () => expect(planMarkdown(MIGRATION)).toMatchSnapshot())
  it('leaves the picture out where it would say nothing', () => {
    expect(planMarkdown(plan(Array.from({length: 61}, (_, index) => step(`s${index}-1`, 1))))).not.toContain('mermaid')
  })
  it('says so where there is nothing to do', () => expect(planMarkdown(plan([]))).toMatchSnapshot())
  it('takes no name for markup', () => expect(planMarkdown(HOSTILE)).toMatchSnapshot())

  const reasons = [{text: 'one and the other '.repeat(20)}]
  it.each([
    [10, 65_536, 'mermaid'],
    [150, 65_536, '| `s150-1` |'],
    [5000, 65_536, 'more steps: the plan itself has them all.'],
    [5000, 1_000_000, '| `s5000-1` |'],
    [40, 4000, '| `s1-1` |'],
    [40, 250, '(cut off here'],
  ])('of %i steps fits into %i bytes, and says what is missing', (steps, most, said) => {
    const made = plan(Array.from({length: steps}, (_, index) => step(`s${index + 1}-1`, 1, {reasons})))
    const text = planMarkdownWithin(made, most)
    expect(bytesOf(text)).toBeLessThanOrEqual(most)
    expect(text).toContain(said)
  })
})

describe('a plan as Mermaid', () => {
  it('has a box a wave', () => expect(planMermaid(MIGRATION)).toMatchSnapshot())
  it('takes no name for syntax', () => expect(planMermaid(HOSTILE)).toMatchSnapshot())
})

describe('no plan', () => {
  const clash = {
    contract: 'accounts-api',
    client: {service: 'billing', release: '1.0.0'},
    server: {service: 'accounts', release: '3.0.0'},
    text: 'billing 1.0.0 calls accounts-api ^1.2, but accounts 3.0.0 provides only 2.0.0 and 3.0.0',
  }
  const suggestions = [
    {kind: 'move', service: 'billing', release: '2.0.0', text: 'move billing to 2.0.0 as well'},
    {kind: 'bridge', service: 'accounts', text: 'a release of accounts that provides accounts-api 1.x and 2.x'},
  ] as const

  it.each<NoPlan['why']>(['impossible', 'clash', 'time'])('because: %s', why => {
    const no: NoPlan = {sluicePlan: 1, steps: null, why, conflicts: why === 'time' ? [] : [clash], suggestions}
    expect(noPlanText(no, {columns: 80, colour: false})).toMatchSnapshot()
  })
})
