import {describe, expect, it} from 'vitest'
import {changesBetween, resolvedOf} from '../../../src/core/matrix/resolved.ts'
import {isMajor, lineUp} from '../../../src/core/matrix/suspects.ts'

const change = (name: string, from: string | null, to: string | null) => ({name, from, to})

describe('the line-up', () => {
  it('begins with what the failure names, then what the manifest names, majors before the rest', () => {
    const changes = [
      change('deep', '1.0.0', '1.0.1'),
      change('direct', '1.0.0', '1.1.0'),
      change('major', '1.0.0', '2.0.0'),
      change('@scope/named', '1.0.0', '1.0.1'),
      change('direct-major', '1.0.0', '2.0.0'),
    ]
    const failure = 'Error\n    at x (/cell/node_modules/@scope/named/index.js:1:1)'
    expect(lineUp(changes, failure, new Set(['direct', 'direct-major']))).toEqual({
      updates: ['@scope/named', 'direct-major', 'direct', 'major', 'deep'],
      suspects: 1,
    })
  })

  it('leaves out what is only new or gone', () => {
    const changes = [change('new', null, '1.0.0'), change('gone', '1.0.0', null), change('moved', '1.0.0', '1.0.1')]
    expect(lineUp(changes, '', new Set()).updates).toEqual(['moved'])
  })

  it('takes the module that was not found', () => {
    expect(lineUp([change('lost', '1.0.0', '2.0.0')], `Cannot find module 'lost/inner'`, new Set()).suspects).toBe(1)
  })
})

describe('a failure', () => {
  it.each([
    ['TypeError: ora is not a function', 'ora'],
    ['TypeError: chalk.bold.red is not a function', 'chalk'],
    ['TypeError: Ajv is not a constructor', 'Ajv'],
  ])('names the library that is no longer called as it was: %s', (failure, name) => {
    const changes = [change('a', '1.0.0', '2.0.0'), change(name, '1.0.0', '2.0.0')]
    expect(lineUp(changes, failure, new Set(['a']))).toEqual({updates: [name, 'a'], suspects: 1})
  })
})

describe('a change', () => {
  it('is major where the first number differs, with 0.x the second', () => {
    expect(isMajor(change('a', '1.9.0', '2.0.0'))).toBe(true)
    expect(isMajor(change('a', '1.0.0', '1.9.0'))).toBe(false)
    expect(isMajor(change('a', '0.1.0', '0.2.0'))).toBe(true)
  })

  it('is found by name, several versions of one library together', () => {
    const from = resolvedOf([
      ['a', '1.0.0'],
      ['b', '1.0.0'],
      ['b', '2.0.0'],
    ])
    const to = resolvedOf([
      ['b', '2.0.0'],
      ['b', '1.0.0'],
      ['c', '1.0.0'],
      ['a', '1.0.1'],
    ])
    expect(changesBetween(from, to)).toEqual([change('a', '1.0.0', '1.0.1'), change('c', null, '1.0.0')])
  })
})
