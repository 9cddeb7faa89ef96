import fc from 'fast-check'
import semver from 'semver'
import {describe, expect, it} from 'vitest'
import {ascending, EXACT, RANGE, VERSION, versionHint} from '../../../src/core/config/version.ts'
import {formatWanted, parseWanted} from '../../../src/core/config/wanted.ts'

const part = fc.oneof(fc.nat({max: 30}).map(String), fc.constantFrom('x', 'X', '*', '00', '01', ''))
const tail = fc.constantFrom('', '', '', '-rc.1', '-0', '-a-b.2', '+b7', '-rc+b', '-', '-.1')
const partial = fc
  .tuple(fc.constantFrom('', '', '', 'v'), fc.array(part, {minLength: 1, maxLength: 4}), tail)
  .map(([v, parts, behind]) => `${v}${parts.join('.')}${behind}`)
const simple = fc
  .tuple(fc.constantFrom('', '', '^', '~', '~>', '>=', '<', '<=', '>', '=', '> ', '>= ', '^ ', '=>'), partial)
  .map(both => both.join(''))
const rangeText = fc
  .array(
    fc.oneof(
      fc.array(simple, {minLength: 1, maxLength: 3}).map(all => all.join(' ')),
      fc.tuple(partial, partial).map(two => two.join(' - ')),
    ),
    {minLength: 1, maxLength: 3},
  )
  .map(sets => sets.join(' || '))

describe('the pattern of ranges', () => {
  it('takes nothing that semver refuses', () => {
    fc.assert(
      fc.property(rangeText, text => {
        expect([text, !RANGE.test(text) || semver.validRange(text) !== null]).toEqual([text, true])
      }),
      {numRuns: 3000},
    )
  })

  it('takes what semver takes, but for what says nothing and for leading zeros', () => {
    for (const text of [
      '^1.2',
      '^1.2 || ^2',
      '>=1.9',
      '1',
      '1.10',
      'x',
      '*',
      '1.x',
      '1.2.*',
      '>=1.33.0 <=1.36.0',
      '1.2 - 2',
      '~> 1.2',
      'v1.2.3',
      '=1.0.0',
      '>=2.0.0-rc.1 <3',
      '1.0.0||2.0.0',
    ]) {
      expect([text, RANGE.test(text), semver.validRange(text) !== null]).toEqual([text, true, true])
    }
    for (const text of [
      '',
      ' ',
      '||',
      '^1 ||',
      'latest',
      'none',
      '^two',
      '1.2.3.4',
      '>>1',
      '1..2',
      '1,2',
      '01.0.0',
      '^-1',
    ]) {
      expect([text, RANGE.test(text)]).toEqual([text, false])
    }
  })

  it('answers quickly, whatever it is asked', () => {
    for (const text of [
      '1 '.repeat(50_000),
      `${'1.0.0-'.repeat(20_000)}!`,
      '|| '.repeat(50_000),
      `1.0.0-${'a.'.repeat(50_000)}`,
    ]) {
      expect(RANGE.test(`${text}!`)).toBe(false)
      expect(VERSION.test(text)).toBe(false)
    }
  })
})

describe('the pattern of versions', () => {
  it('takes what semver takes', () => {
    fc.assert(
      fc.property(partial, text => {
        expect([text, VERSION.test(text)]).toEqual([text, semver.valid(text) !== null && !text.startsWith('v')])
      }),
      {numRuns: 3000},
    )
    expect(VERSION.test(`1.0.0-${'a'.repeat(300)}`)).toBe(false)
    expect(VERSION.test('1.0.99999999999999999')).toBe(false)
  })

  it('takes several exact ones for a strict contract', () => {
    expect(['1.0.0', '1.0.0 || 2.0.0', '=1.0.0'].map(text => EXACT.test(text))).toEqual([true, true, true])
    expect(['^1.0.0', '1.0', '1.0.0 2.0.0', '1.0.0 ||'].map(text => EXACT.test(text))).toEqual([
      false,
      false,
      false,
      false,
    ])
  })
})

describe('versions', () => {
  it('ascend as semver says, and by build where semver has no opinion', () => {
    expect(ascending(['1.10.0', '1.9.0', '1.10.0-rc.1', '1.0.0+b', '1.0.0+a'], text => text)).toEqual([
      '1.0.0+a',
      '1.0.0+b',
      '1.9.0',
      '1.10.0-rc.1',
      '1.10.0',
    ])
  })

  it('are guessed at where they are not whole', () => {
    expect(['1.10', '2', 'v3.1', '2023.08.31', 'next'].map(versionHint)).toEqual([
      'write a full version like "1.10.0"',
      'write a full version like "2.0.0"',
      'write a full version like "3.1.0"',
      'write a full version like "2023.8.31"',
      'write a full version like "1.10.0"',
    ])
  })
})

describe('what flags ask for', () => {
  it('reads back as it is written', () => {
    for (const text of ['none', 'latest', '1.2.0', '^2', '>=1 <3', '2.0.0:v1', 'latest:v2']) {
      const wanted = parseWanted(text)
      expect(wanted && formatWanted(wanted)).toBe(text)
    }
    for (const text of ['', 'newest', 'none:v1', '2.0.0:', ':v1']) expect(parseWanted(text)).toBeUndefined()
  })
})
