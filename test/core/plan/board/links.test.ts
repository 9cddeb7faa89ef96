import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {apartIn, FREE, inOrder, type Links, linking} from '../../../../src/core/plan/board/links.ts'

describe('links as they are found', () => {
  it('come out by their pieces, each pair once', () => {
    const found = fc.array(fc.record({a: fc.integer({min: 0, max: 4}), b: fc.integer({min: 5, max: 9})}), {
      maxLength: 30,
    })
    fc.assert(
      fc.property(found, pairs => {
        const links = linking()
        for (const {a, b} of pairs) links.add(a, b, FREE, [])
        const wanted = [...new Set(pairs.map(({a, b}) => 10 * a + b))].sort((one, other) => one - other)
        expect(pairsOf(inOrder(links.links(), 10))).toEqual(wanted)
      }),
    )
  })

  it('of one pair become one, which hinders wherever one of them did and names the calls by contract', () => {
    const links = linking()
    const [first, second] = [
      {contract: 'x', fromA: true},
      {contract: 'y', fromA: false},
    ]
    links.add(0, 1, {...FREE, bad: [0, 0, 1, 0], width: 2}, [second])
    links.add(0, 2, FREE, [])
    links.add(0, 1, {...FREE, bad: [0, 1, 0, 0], width: 2}, [first])
    links.add(0, 1, {...FREE, aAfterB: true}, [])
    const {count, bonds, calls} = inOrder(links.links(), 3)
    expect(count).toBe(2)
    expect(bonds[0]).toEqual({bad: [0, 1, 1, 0], width: 2, aAfterB: true, bAfterA: false, apart: false})
    expect(calls[0]).toEqual([first, second])
  })

  it('keep the clashes when what comes first has none', () => {
    const links = linking()
    links.add(0, 1, {...FREE, apart: true}, [])
    links.add(0, 1, {...FREE, bad: [0, 1, 0, 0], width: 2}, [])
    expect(inOrder(links.links(), 2).bonds).toEqual([{...FREE, bad: [0, 1, 0, 0], width: 2, apart: true}])
  })

  it('say who keeps apart from whom', () => {
    const links = linking()
    links.add(0, 2, {...FREE, apart: true}, [])
    links.add(1, 2, FREE, [])
    expect(apartIn(links.links(), 3)).toEqual([new Set([2]), new Set(), new Set([0])])
  })
})

function pairsOf({count, a, b}: Links): number[] {
  return Array.from({length: count}, (_, link) => 10 * (a[link] as number) + (b[link] as number))
}
