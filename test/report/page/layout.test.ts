import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {Step} from '../../../src/core/plan/plan.ts'
import {type Layout, layoutOf} from '../../../src/report/page/layout.ts'
import {spread} from '../../../src/report/page/spread.ts'
import {MIGRATION, plan, step} from '../plan/plans.ts'

/** Steps in waves, each after some of those before it. */
const steps = fc
  .array(fc.tuple(fc.integer({min: 1, max: 5}), fc.array(fc.nat(), {maxLength: 4})), {maxLength: 40})
  .map(drawn => drawn.reduce<readonly Step[]>((made, [wave, picks], at) => [...made, one(made, wave, picks, at)], []))

function one(made: readonly Step[], wave: number, picks: readonly number[], at: number): Step {
  const earlier = made.filter(other => other.wave < wave)
  const after = picks.flatMap(pick => earlier[pick % earlier.length]?.id ?? [])
  return step(`s${at}-1`, wave, {after: [...new Set(after)]})
}

const columnsOf = ({cards, columns}: Layout) => columns.map(x => cards.filter(card => card.x === x).map(card => card.y))

describe('the picture of a plan', () => {
  it('has a column a wave', () => {
    const {cards, columns} = layoutOf(MIGRATION)
    expect(columns).toHaveLength(4)
    for (const card of cards) expect(card.x).toBe(columns[card.step.wave - 1])
  })

  it('has every card once, inside, and none over another', () => {
    const seen = fc.property(steps, steps => {
      const layout = layoutOf(plan(steps))
      expect(layout.cards.map(({index}) => index).sort((a, b) => a - b)).toEqual(steps.map((_, index) => index))
      for (const {y} of layout.cards) {
        expect(y).toBeGreaterThanOrEqual(-0.001)
        expect(y + layout.card.height).toBeLessThanOrEqual(layout.height + 0.001)
      }
      for (const ys of columnsOf(layout))
        for (const [at, y] of ys.entries())
          if (at > 0) expect(y - (ys[at - 1] ?? 0)).toBeGreaterThanOrEqual(layout.card.height)
    })
    fc.assert(seen, {numRuns: 100})
  })

  it('has a line for each thing a step waits for, that goes only to the right', () => {
    const lined = fc.property(steps, steps => {
      const {arrows} = layoutOf(plan(steps))
      const drawn = arrows.map(({from, to}) => `${steps[from]?.id} ${steps[to]?.id}`)
      expect(drawn.sort()).toEqual(steps.flatMap(({id, after}) => after.map(other => `${other} ${id}`)).sort())
      for (const {points} of arrows)
        for (const [at, {x}] of points.entries()) if (at > 0) expect(x).toBeGreaterThan(points[at - 1]?.x ?? 0)
    })
    fc.assert(lined, {numRuns: 100})
  })

  it('leads a line past the cards of the waves between', () => {
    const far = plan([step('a-1', 1), step('b-1', 2, {after: ['a-1']}), step('c-1', 3, {after: ['a-1', 'b-1']})])
    const {arrows, cards, card} = layoutOf(far)
    const long = arrows.find(({from, to}) => from === 0 && to === 2)
    const between = cards.find(({index}) => index === 1)
    expect(long?.points).toHaveLength(4)
    const lane = long?.points[1]?.y ?? 0
    expect(lane < (between?.y ?? 0) || lane > (between?.y ?? 0) + card.height).toBe(true)
  })

  it('untangles what need not cross', () => {
    const crossed = plan([
      step('a-1', 1),
      step('b-1', 1),
      step('c-1', 2, {after: ['b-1']}),
      step('d-1', 2, {after: ['a-1']}),
    ])
    const y = (id: string) => layoutOf(crossed).cards.find(({step}) => step.id === id)?.y ?? 0
    expect(Math.sign(y('a-1') - y('b-1'))).toBe(Math.sign(y('d-1') - y('c-1')))
  })

  it('has room for nothing', () => expect(layoutOf(plan([]))).toMatchObject({cards: [], width: 0, height: 0}))
})

describe('spread', () => {
  it('leaves what does not overlap where it wants to be', () => expect(spread([5, 40], [10, 10], 2)).toEqual([5, 40]))
  it('shifts what does to both sides', () => expect(spread([20, 20], [10, 10], 2)).toEqual([14, 26]))
  it('keeps the order, whatever is wanted', () => {
    expect(spread([50, 0, 25], [10, 10, 10], 0)).toEqual([15, 25, 35])
  })
})
