import {describe, expect, it} from 'vitest'
import {compare, sumsOf, type Counted} from '../../../src/core/usage/compared.ts'

const counted = (at: number, requests: number, lines: number, more: Partial<Counted> = {}): Counted => ({
  at,
  epoch: '1',
  requests,
  open: 0,
  lines,
  ...more,
})

const first = compare(undefined, counted(0, 100, 7)).compared

describe('requests that the balancer counted against lines that were read', () => {
  it('agree where each request of the last look has become a line by now', () => {
    const second = compare(first, counted(1, 110, 12))
    expect(second.gap).toBeUndefined()
    expect(compare(second.compared, counted(2, 120, 17)).gap).toBeUndefined()
    expect(sumsOf(second.compared)).toEqual({requests: 10, lines: 5})
  })

  it('disagree where a line is missing, and are compared anew from there', () => {
    const second = compare(first, counted(1, 110, 12))
    const third = compare(second.compared, counted(2, 120, 16))
    const reason = 'the balancer counted 1 more requests than lines were read'
    expect(third.gap).toEqual({from: 0, to: 2, reason})
    expect(compare(third.compared, counted(3, 120, 16)).gap).toBeUndefined()
  })

  it('forgive what is still open, and a balancer that was started anew', () => {
    const second = compare(first, counted(1, 110, 12)).compared
    expect(compare(second, counted(2, 120, 16, {open: 1})).gap).toBeUndefined()
    expect(compare(second, counted(2, 3, 16, {epoch: '2'}))).toEqual({
      compared: {base: counted(2, 3, 16, {epoch: '2'}), last: counted(2, 3, 16, {epoch: '2'})},
    })
  })
})
