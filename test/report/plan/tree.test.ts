import {stripVTControlCharacters} from 'node:util'
import {describe, expect, it} from 'vitest'
import {planTree} from '../../../src/report/plan/tree.ts'
import {widthOf} from '../../../src/report/text/width.ts'
import {HOSTILE, MIGRATION, plan, step} from './plans.ts'

const plain = (columns: number) => ({columns, colour: false})

describe('the tree of a plan', () => {
  it.each([40, 80, 200])('in %i columns', columns => {
    const text = planTree(MIGRATION, plain(columns))
    expect(text).toMatchSnapshot()
    expect(text.split('\n').filter(line => widthOf(line) > columns)).toEqual([])
  })

  it('says the same with colours', () => {
    const text = planTree(MIGRATION, {columns: 80, colour: true})
    expect(text).toMatchSnapshot()
    expect(stripVTControlCharacters(text)).toBe(planTree(MIGRATION, plain(80)))
  })

  it('says so where there is nothing to do', () => {
    expect(planTree(plan([]), plain(80))).toMatchSnapshot()
  })

  it('admits that time ran out', () => {
    expect(planTree(plan([step('a-1', 1)], {optimal: false}), plain(80))).toMatchSnapshot()
  })

  it('counts the reasons that are too many', () => {
    const reasons = Array.from({length: 9}, (_, index) => ({text: `reason ${index + 1}`}))
    expect(planTree(plan([step('a-1', 1, {reasons})]), plain(80))).toMatchSnapshot()
  })

  it('shows what would move the cursor, and obeys none of it', () => {
    expect(planTree(HOSTILE, plain(80))).toMatchSnapshot()
  })
})
