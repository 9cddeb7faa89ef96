import {describe, expect, it} from 'vitest'
import type {Advisory} from '../../../src/core/library/advisory.ts'
import type {Dependency} from '../../../src/core/library/dependency.ts'
import {updatesOf} from '../../../src/core/library/update.ts'

const AVAILABLE = ['1.0.0', '1.0.1', '1.1.0', '1.2.0', '2.0.0', '2.1.0']

const lib = (...versions: string[]): Dependency => ({name: 'lib', versions, direct: true, development: false})

const weakness = (vulnerable: string): Advisory => ({
  id: 'GHSA-1',
  library: 'lib',
  title: 'lib trusts its caller',
  severity: 'high',
  vulnerable: [vulnerable],
  versions: [],
})

/** `security 1.0.0 > 1.0.1` */
const said = (dependency: Dependency, available: readonly string[], advisories: readonly Advisory[] = []) =>
  updatesOf(dependency, available, advisories).map(({class: kind, from, to}) => `${kind} ${from} > ${to}`)

describe('the steps a library could take', () => {
  it('has none where it is the newest', () => {
    expect(said(lib('2.1.0'), AVAILABLE)).toEqual([])
  })

  it('goes to the newest of its major, and to the newest of all', () => {
    expect(said(lib('1.0.0'), AVAILABLE)).toEqual(['minor 1.0.0 > 1.2.0', 'major 1.0.0 > 2.1.0'])
  })

  it('tells a patch from a minor version', () => {
    expect(said(lib('1.0.0'), ['1.0.0', '1.0.1'])).toEqual(['patch 1.0.0 > 1.0.1'])
  })

  it('takes the minor version below 1.0.0 for a major one, as ^ does', () => {
    expect(said(lib('0.1.0'), ['0.1.0', '0.1.4', '0.2.0'])).toEqual(['patch 0.1.0 > 0.1.4', 'major 0.1.0 > 0.2.0'])
  })

  it('lags with the lowest of several', () => {
    expect(said(lib('2.0.0', '1.1.0'), AVAILABLE)).toEqual(['minor 1.1.0 > 1.2.0', 'major 1.1.0 > 2.1.0'])
  })

  it('knows versions that are no semver', () => {
    expect(said(lib('2.9'), ['2.9', '2.31', '2.31.post1', '3.0'])).toEqual([
      'minor 2.9 > 2.31.post1',
      'major 2.9 > 3.0',
    ])
    expect(said(lib('6.1.4.1'), ['6.1.4.1', '6.1.7.10'])).toEqual(['patch 6.1.4.1 > 6.1.7.10'])
  })

  it('asks for nothing that nobody can name, and for nothing of what is no version', () => {
    expect(said(lib('1.0.0'), [])).toEqual([])
    expect(said(lib('trunk'), AVAILABLE)).toEqual([])
  })

  it('mends a weakness with the smallest step that does', () => {
    expect(said(lib('1.0.0'), AVAILABLE, [weakness('<1.1.0')])).toEqual([
      'security 1.0.0 > 1.1.0',
      'minor 1.0.0 > 1.2.0',
      'major 1.0.0 > 2.1.0',
    ])
  })

  it('names a step once where the newest of the major is what mends it', () => {
    expect(said(lib('1.1.0'), AVAILABLE, [weakness('<1.2.0')])).toEqual([
      'security 1.1.0 > 1.2.0',
      'major 1.1.0 > 2.1.0',
    ])
  })

  it('leaves the major version where nothing nearer mends it, and says so', () => {
    const [security] = updatesOf(lib('1.0.0'), AVAILABLE, [weakness('<2.0.0')])
    expect(security).toMatchObject({class: 'security', to: '2.0.0', breaking: true})
  })

  it('knows where nothing mends it', () => {
    expect(said(lib('2.1.0'), AVAILABLE, [weakness('*')])).toEqual(['security 2.1.0 > null'])
  })

  it('mends the version that is weak, not the one that lags', () => {
    expect(said(lib('1.2.0', '2.0.0'), AVAILABLE, [weakness('>=2.0.0 <2.1.0')])).toEqual([
      'security 2.0.0 > 2.1.0',
      'major 1.2.0 > 2.1.0',
    ])
  })

  it('counts single versions where ranges cannot tell', () => {
    const weak: Advisory = {...weakness('<0.0.0'), versions: ['2024a']}
    expect(said(lib('2024a'), [], [weak])).toEqual(['security 2024a > null'])
    expect(said(lib('2024b'), [], [weak])).toEqual([])
  })
})
