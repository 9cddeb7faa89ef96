import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {budget} from '../../../../src/core/plan/budget.ts'
import {solve} from '../../../../src/core/plan/search/solve.ts'
import {bestOf, billOf, boards} from './boards.ts'

const time = () => budget({timeLimitMs: 60_000, now: () => 0})

describe('random boards', () => {
  it.each([
    {pieces: 2, states: 5, clashing: 25, runs: 300},
    {pieces: 3, states: 4, clashing: 30, runs: 400},
    {pieces: 4, states: 3, clashing: 25, runs: 400},
    {pieces: 5, states: 3, clashing: 20, runs: 150},
    {pieces: 7, states: 3, clashing: 14, runs: 40},
  ])('of $pieces pieces on $states states: the least cost, in the fewest waves', ({pieces, states, clashing, runs}) => {
    fc.assert(
      fc.property(boards(pieces, states, clashing), board => {
        const solution = solve(board, time())
        expect(billOf(board, solution)).toEqual(bestOf(board))
        if (solution.is === 'solved') expect(solution.optimal).toBe(true)
      }),
      {numRuns: runs},
    )
  })
})
