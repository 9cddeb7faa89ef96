import {describe, expect, it} from 'vitest'
import type {Advisory} from '../../../src/core/library/advisory.ts'
import type {MatrixSays} from '../../../src/core/library/advice.ts'
import type {Dependency} from '../../../src/core/library/dependency.ts'
import {type Inventory, outdatedOf} from '../../../src/core/library/outdated.ts'
import {CELLS, type Outcome, type Outcomes} from '../../../src/core/matrix/cell.ts'

const library = (name: string, development = false): Dependency => ({
  name,
  versions: ['1.0.0'],
  direct: true,
  development,
})

const weakness = (name: string, severity: Advisory['severity'] = 'high'): Advisory => ({
  id: `GHSA-${name}`,
  library: name,
  title: 'it trusts its caller',
  severity,
  vulnerable: ['<1.0.1'],
  versions: [],
})

/** `PFPP`, in the order of the cells; `-` has no answer. */
const matrix = (pattern: string, ...culprits: string[]): MatrixSays => ({
  outcomes: Object.fromEntries(CELLS.map((cell, at) => [cell, OUTCOMES[pattern[at] ?? '-'] ?? 'error'])) as Outcomes,
  tried: ['lib', 'good', 'bad'].map(name => ({name, from: '1.0.0', to: '1.1.0'})),
  culprits: culprits.map(name => ({name, from: '1.0.0', to: '1.1.0'})),
})

const OUTCOMES: Readonly<Record<string, Outcome>> = {P: 'passed', F: 'failed', '-': 'error'}

/** Everything has a patch, a minor version and a major one. */
function outdated(dependencies: readonly Dependency[], more: Partial<Inventory> = {}) {
  const available = new Map(dependencies.map(({name}) => [name, ['1.0.0', '1.0.1', '1.1.0', '2.0.0']]))
  return outdatedOf({service: 'accounts', commit: 'c', dependencies, available, advisories: [], ...more})
}

const takes = (more: Partial<Inventory>, ...dependencies: Dependency[]) =>
  outdated(dependencies, more).updates.map(update => `${update.library} ${update.class}: ${update.take}`)

describe('when an update is taken', () => {
  it('is by its class where no matrix was run', () => {
    expect(takes({advisories: [weakness('lib')]}, library('lib'))).toEqual([
      'lib security: now',
      'lib minor: next-minor',
      'lib major: next-major',
    ])
  })

  it('is with the next release where only master is green with the newest libraries', () => {
    expect(takes({matrix: matrix('PFPP')}, library('lib'))).toEqual([
      'lib minor: next-release',
      'lib major: next-major',
    ])
  })

  it('is never where the matrix found it guilty, and later for the others', () => {
    expect(takes({matrix: matrix('PFPF', 'bad')}, library('bad'), library('good'))).toEqual([
      'good minor: next-minor',
      'bad major: next-major',
      'good major: next-major',
      'bad minor: hold',
    ])
  })

  it('is never where production alone was tried and the search named it', () => {
    expect(takes({matrix: matrix('PF--', 'bad')}, library('bad'), library('good'))).toEqual([
      'good minor: next-minor',
      'bad major: next-major',
      'good major: next-major',
      'bad minor: hold',
    ])
  })

  it('waits for no matrix where a weakness is to be mended', () => {
    for (const pattern of ['PPPP', 'PFPP', 'PFPF', '--PP']) {
      const [first] = takes({matrix: matrix(pattern, 'lib'), advisories: [weakness('lib')]}, library('lib'))
      expect(first).toBe('lib security: now')
    }
  })

  it('is the next minor upgrade for a weakness of what only tests need', () => {
    expect(takes({advisories: [weakness('lib')]}, library('lib', true))).toEqual([
      'lib security: next-minor',
      'lib minor: next-minor',
      'lib major: next-major',
    ])
  })

  it('tells whether a matrix has tried it', () => {
    const text = (more: Partial<Inventory>) => outdated([library('lib')], more).updates[0]?.text
    expect(text({})).toBe('with the next minor upgrade; no matrix has tried it yet')
    expect(text({matrix: matrix('PPPF')})).toBe('with the next minor upgrade; the matrix is green with it')
    expect(text({matrix: matrix('P-PF')})).toBe('with the next minor upgrade; no matrix has tried it yet')
  })

  it('takes no matrix for an answer that ran with another version', () => {
    const says = {...matrix('PPPP'), tried: [{name: 'lib', from: '1.0.0', to: '1.0.1'}]}
    const texts = outdated([library('lib')], {matrix: says, advisories: [weakness('lib')]}).updates.map(
      ({text}) => text,
    )
    expect(texts).toEqual([
      'deploy as soon as possible; the matrix is green with it',
      'with the next minor upgrade; no matrix has tried it yet',
      'with the next major upgrade of the service',
    ])
  })

  it('has the worst first', () => {
    const advisories = [weakness('a', 'low'), weakness('b', 'critical'), weakness('c', 'moderate')]
    const {updates} = outdated([library('a'), library('b'), library('c')], {advisories})
    expect(updates.slice(0, 3).map(update => update.library)).toEqual(['b', 'c', 'a'])
  })
})
