import {type CellName, CELLS, type Outcome} from '../../src/core/matrix/cell.ts'

/** A public npm project of which two releases are taken for prod and master. */
export interface Project {
  readonly name: string
  readonly prod: string
  readonly master: string
  readonly latest: 'in-range' | 'absolute'
  /** Only the tests, where the script of the project also runs a linter. */
  readonly test: readonly string[]
  readonly expected: {
    readonly outcomes: Readonly<Record<CellName, Outcome>>
    readonly diagnosis: string
    readonly culprits: readonly string[]
  }
}

const cells = (...outcomes: readonly [Outcome, Outcome, Outcome, Outcome]) =>
  Object.fromEntries(CELLS.map((cell, at) => [cell, outcomes[at]])) as Record<CellName, Outcome>

/** As it was when docs/projects.md was written. What counts as the newest moves on, and these may with it. */
export const PROJECTS: readonly Project[] = [
  {
    name: 'duplexify',
    prod: '3.7.1',
    master: '4.1.3',
    latest: 'in-range',
    test: ['npm', 'test'],
    expected: {outcomes: cells('passed', 'passed', 'passed', 'passed'), diagnosis: 'healthy', culprits: []},
  },
  {
    name: 'bl',
    prod: '1.2.3',
    master: '2.2.1',
    latest: 'absolute',
    test: ['node', 'test/test.js'],
    expected: {
      outcomes: cells('passed', 'failed', 'passed', 'passed'),
      diagnosis: 'update-with-next-release',
      culprits: ['readable-stream'],
    },
  },
  {
    name: 'ndjson',
    prod: '1.5.0',
    master: '2.0.0',
    latest: 'in-range',
    test: ['npm', 'test'],
    expected: {outcomes: cells('passed', 'passed', 'passed', 'passed'), diagnosis: 'healthy', culprits: []},
  },
]
