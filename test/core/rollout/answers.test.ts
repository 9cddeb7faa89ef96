import {describe, expect, it} from 'vitest'
import type {AskingTerms, CheckConfig} from '../../../src/core/config/config.ts'
import {NO_ANSWERS, tallied} from '../../../src/core/rollout/answers.ts'
import {meets, saidBy} from '../../../src/core/rollout/condition.ts'
import type {Moment} from '../../../src/core/rollout/evidence.ts'
import type {Probed} from '../../../src/core/rollout/seen.ts'
import {judge} from '../../../src/core/rollout/verdict.ts'

const LETTERS: Readonly<Record<string, Probed['verdict']>> = {y: 'passed', n: 'failed', '?': 'inconclusive', e: 'error'}

/** What a check comes to that has heard these answers: y, n, ? (neither), e (could not ask). */
function heard(answers: string, terms: Partial<AskingTerms> = {}, moment: Moment = 'over') {
  const check: CheckConfig = {kind: 'http', path: '/', timeoutMs: 1000, ...terms}
  const tally = [...answers].reduce((all, letter) => tallied(all, LETTERS[letter] ?? 'error'), NO_ANSWERS)
  const probes = answers === '' ? [] : [{check, tally, detail: 'it says so'}]
  return judge(check, {counted: undefined, beside: undefined, minRequests: 0, probes, moment})
}

describe('the limits of a check that asks', () => {
  it.each([
    ['y', {}, 'passed'],
    ['yyn', {}, 'failed'],
    ['yny', {failureLimit: 1}, 'passed'],
    ['ynn', {failureLimit: 1}, 'failed'],
    ['yyyn', {failureLimit: 1}, 'passed'],
    ['y?', {}, 'inconclusive'],
    ['y?y', {inconclusiveLimit: 1}, 'passed'],
    ['eeeey', {}, 'passed'],
    ['yeeee', {}, 'undecided'],
    ['yeeeee', {}, 'inconclusive'],
    ['ye', {consecutiveErrorLimit: 0}, 'inconclusive'],
    ['yeye', {consecutiveErrorLimit: 1}, 'undecided'],
    ['yy', {count: 3}, 'undecided'],
    ['yyy', {count: 3}, 'passed'],
    ['', {}, 'undecided'],
  ] as const)('%s with %o: %s', (answers, terms, verdict) => {
    expect(heard(answers, terms).is).toBe(verdict)
  })

  it('take a no at once, and wait for a yes until the bake is over', () => {
    expect(heard('n', {}, 'early').is).toBe('failed')
    expect(heard('?', {}, 'early').is).toBe('undecided')
    expect(heard('e', {}, 'early').is).toBe('undecided')
  })

  it('come to no verdict in the end, and never to a failure of the release, where it could not be measured', () => {
    expect(heard('e', {}, 'last')).toEqual({is: 'inconclusive', text: 'it could not be measured: it says so'})
    expect(heard('yy', {count: 9}, 'last')).toEqual({
      is: 'inconclusive',
      text: '2 of 9 answers came; the last: it says so',
    })
  })

  it('say how many they were', () => {
    expect(heard('nyn', {failureLimit: 1}).text).toBe('2 answers said no, and 1 may; the last: it says so')
    expect(heard('??').text).toBe('2 answers said neither yes nor no; the last: it says so')
    expect(heard('eeeee').text).toBe('it could not be measured 5 times in a row: it says so')
  })
})

describe('a condition', () => {
  it.each([
    [0.4, '<', 0.5, true],
    [0.5, '<', 0.5, false],
    [0.5, '<=', 0.5, true],
    ['7', '>', 6, true],
    [6, '>=', 7, false],
    ['ready', '==', 'ready', true],
    ['7.0', '==', 7, true],
    [NaN, '<', 1, false],
    ['ready', '!=', 'ready', false],
  ] as const)('%s %s %s is %s', (value, is, wanted, met) => {
    expect(meets(value, {is, value: wanted})).toBe(met)
  })

  const success = {is: '<', value: 1} as const
  const failure = {is: '>', value: 5} as const

  it.each([
    [[0.5], {success}, 'passed'],
    [[3], {success}, 'failed'],
    [[3], {failure}, 'passed'],
    [[3], {success, failure}, 'inconclusive'],
    [[9], {success, failure}, 'failed'],
    [[0, 9], {success, failure}, 'failed'],
    [[0, 3], {success, failure}, 'inconclusive'],
    [[NaN], {success}, 'error'],
    [[], {success}, 'error'],
  ] as const)('of %o with %o: %s', (values, conditions, verdict) => {
    expect(saidBy(values, conditions).verdict).toBe(verdict)
  })

  it('says what was measured, and what was wanted', () => {
    expect(saidBy([3], {success, failure}).detail).toBe('3, wanted < 1, must not be > 5')
  })
})
