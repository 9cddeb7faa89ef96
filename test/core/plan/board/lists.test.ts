import fc from 'fast-check'
import {expect, it} from 'vitest'
import {EMPTY, lists} from '../../../../src/core/plan/board/lists.ts'

it('gives two lists one number exactly when they are alike', () => {
  const some = fc.array(fc.array(fc.integer({min: -1, max: 3}), {maxLength: 4}), {minLength: 2, maxLength: 20})
  fc.assert(
    fc.property(some, all => {
      const known = lists()
      const numbers = all.map(values => values.reduce(known.longer, EMPTY))
      for (const [one, number] of numbers.entries()) {
        expect(known.values(number)).toEqual(all[one])
        for (const [other, another] of numbers.entries())
          expect(number === another).toBe(JSON.stringify(all[one]) === JSON.stringify(all[other]))
      }
    }),
  )
})
