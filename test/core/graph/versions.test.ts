import {describe, expect, it} from 'vitest'
import {admits, majorsOf, versions} from '../../../src/core/graph/versions.ts'

describe('what is provided and what is consumed', () => {
  it.each<[string[], string, boolean]>([
    [['1.4.0'], '^1.2', true],
    [['1.1.0'], '^1.2', false],
    [['1.4.0', '2.0.0'], '^2', true],
    [['1.4.0'], '^1.2 || ^2', true],
    [['^1'], '>=1.8 <3', true],
    [['^1'], '^2', false],
    [['^1 || ^3'], '~3.4.0', true],
    [['>=1.2.0 <1.5.0'], '1.5.0', false],
    [['2.0.0-rc.1'], '^2', false],
    [['2.0.0-rc.1'], '>=2.0.0-rc.0', true],
    [['2023.8.31'], '2023.8.31', true],
    [[], '*', false],
  ])('%j for %s: %s', (provided, consumed, answer) => {
    const judge = versions()
    const ask = () => judge.meet(judge.provided(provided), judge.consumed(consumed), 'tolerant')
    expect([ask(), ask()]).toEqual([answer, answer])
  })

  it.each<[string[], string, boolean]>([
    [['5.7.44'], '5.7.44', true],
    [['5.7.44'], '5.7.45', false],
    [['8.0.36'], '5.7.44 || 8.0.36', true],
    [['1.0.0', '=2.0.0'], '2.0.0', true],
  ])('strictly, %j for %s: %s', (provided, consumed, answer) => {
    const judge = versions()
    expect(judge.meet(judge.provided(provided), judge.consumed(consumed), 'strict')).toBe(answer)
  })
})

describe('upgradesFrom', () => {
  it.each<[string, string, boolean]>([
    ['>=2.0.0', '2.0.0', true],
    ['>=2.0.0', '1.9.9', false],
    ['>=2.0.0', '2.1.0-rc.1', true],
    ['>=5.7.0 <8.1.0', '8.0.36', true],
  ])('%s from %s: %s', (range, version, answer) => {
    expect(admits(range, version)).toBe(answer)
  })
})

describe('majors', () => {
  it.each<[string[], number[]]>([
    [
      ['1.4.0', '2.0.0'],
      [1, 2],
    ],
    [['^1 || ^3'], [1, 3]],
    [['>=1.2 <4'], [1, 2, 3]],
    [['0.1.0'], [0]],
    [['>=2'], [2, 3]],
    [['2023.8.31'], [2023]],
    [['~2023.8'], [2023]],
  ])('of %j are %j', (texts, majors) => {
    expect(majorsOf(texts)).toEqual(majors)
  })
})
