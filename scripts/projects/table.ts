import {type CellName, CELLS, type Outcome} from '../../src/core/matrix/cell.ts'
import type {ManagerName} from './managers.ts'

/** A public npm project of which two releases are taken for prod and master. */
export interface Project {
  readonly name: string
  readonly prod: string
  readonly master: string
  /** With yarn the lock file is the project's own, as it was published; with npm it is made, since npm publishes none. */
  readonly manager: ManagerName
  readonly latest: 'in-range' | 'absolute'
  /** Only the tests, where the script of the project also runs a linter, or hides what its tests end with. */
  readonly test: readonly string[]
  readonly expected: {
    readonly outcomes: Readonly<Record<CellName, Outcome>>
    readonly diagnosis: string
    /** Of all cells, each name once. */
    readonly culprits: readonly string[]
  }
}

const cells = (...outcomes: readonly [Outcome, Outcome, Outcome, Outcome]) =>
  Object.fromEntries(CELLS.map((cell, at) => [cell, outcomes[at]])) as Record<CellName, Outcome>

/** As it was when docs/projects.md was written. What counts as the newest moves on, and these may with it. */
export const PROJECTS: readonly Project[] = [
  {
    name: 'async-promise-queue',
    prod: '1.0.4',
    master: '1.0.5',
    manager: 'yarn',
    latest: 'absolute',
    test: ['npm', 'test'],
    expected: {
      outcomes: cells('passed', 'failed', 'passed', 'failed'),
      diagnosis: 'update-breaks-both',
      culprits: ['async'],
    },
  },
  {
    name: 'console-ui',
    prod: '2.1.0',
    master: '3.0.4',
    manager: 'yarn',
    latest: 'in-range',
    test: ['npm', 'test'],
    expected: {outcomes: cells('passed', 'passed', 'passed', 'passed'), diagnosis: 'healthy', culprits: []},
  },
  {
    name: 'uri-js',
    prod: '4.2.1',
    master: '4.2.2',
    manager: 'yarn',
    latest: 'in-range',
    test: ['npm', 'test'],
    expected: {outcomes: cells('passed', 'passed', 'passed', 'passed'), diagnosis: 'healthy', culprits: []},
  },
  {
    name: 'bl',
    prod: '1.2.3',
    master: '2.2.1',
    manager: 'npm',
    latest: 'absolute',
    test: ['node', 'test/test.js'],
    expected: {
      outcomes: cells('passed', 'failed', 'passed', 'passed'),
      diagnosis: 'update-with-next-release',
      culprits: ['readable-stream'],
    },
  },
]
