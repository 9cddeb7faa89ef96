import {readdir} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {CELLS} from '../../../src/core/matrix/cell.ts'
import {DIAGNOSES, PATTERNS} from '../../../src/core/matrix/diagnosis-table.ts'
import {type MatrixRig, matrixRig} from '../../support/matrix-rig.ts'
import {type Registry, startRegistry} from '../../support/registry.ts'

let registry: Registry
let rig: MatrixRig

/** A service that gets along with some versions of its library: P and F for the pinned and for the newest one. */
function service(answers: string, lock: string) {
  const accepted = ['1.0.0', '1.1.0'].filter((_, at) => answers[at] === 'P')
  return {
    'package.json': JSON.stringify(MANIFEST),
    'package-lock.json': lock,
    'test.cjs': `process.exit(${JSON.stringify(accepted)}.includes(require('lib')) ? 0 : 1)`,
  }
}

const MANIFEST = {name: 'service', version: '1.0.0', dependencies: {lib: '^1.0.0'}, scripts: {test: 'node test.cjs'}}

const lib = (version: string) => ({name: 'lib', version, files: {'index.js': `module.exports = '${version}'`}})

beforeAll(async () => {
  registry = await startRegistry()
  rig = await matrixRig(registry.url)
  await registry.publish(lib('1.0.0'))
  const start = await rig.repository('start', {main: {'package.json': JSON.stringify(MANIFEST)}})
  await rig.run(start, 'npm', 'install', '--package-lock-only')
  const lock = await rig.run(start, 'cat', 'package-lock.json')
  await registry.publish(lib('1.1.0'))
  // Four kinds of branch, of which any two are a service: eight cells that run, and sixty-four that are answered.
  const branches = ['PP', 'PF', 'FP', 'FF'].map(answers => [answers, service(answers, lock)])
  await rig.repository('service', Object.fromEntries(branches))
})

afterAll(async () => {
  await rig?.close()
  await registry?.close()
})

describe('all sixteen rows, with npm and a registry of our own', () => {
  it('runs the cells, answers what they mean, and runs nothing twice', async () => {
    const services = PATTERNS.map(
      pattern => `${pattern}: {repo: service, matrix: {prod: ${pattern.slice(0, 2)}, master: ${pattern.slice(2)}}}`,
    )
    const first = await rig.matrix(services.slice(0, 4).join('\n'))
    const reports = [...first, ...(await rig.matrix(services.slice(4).join('\n')))]
    for (const [at, pattern] of PATTERNS.entries()) {
      const report = reports[at]
      expect(report?.service).toBe(pattern)
      expect(report?.diagnosis).toEqual(DIAGNOSES[pattern])
      expect(report?.cells.map(cell => (cell.outcome === 'passed' ? 'P' : 'F')).join('')).toBe(pattern)
      expect(report?.cells.map(cell => cell.changed)).toEqual([[], UPDATE, [], UPDATE])
    }
  })

  it('is nearly free the second time', async () => {
    const [report] = await rig.matrix('again: {repo: service, matrix: {prod: PF, master: PP}}')
    expect(report?.cells.map(cell => cell.remembered)).toEqual([true, true, true, true])
    expect(report?.diagnosis.code).toBe('update-with-next-release')
  })

  it('runs a red cell twice before it is believed', async () => {
    const [report] = await rig.matrix('again: {repo: service, matrix: {prod: FF, master: PP}}')
    expect(report?.cells.map(cell => cell.runs)).toEqual([2, 2, undefined, undefined])
  })

  it('runs one commit once, whatever it is called', async () => {
    const [report] = await rig.matrix('same: {repo: service, matrix: {prod: PF, master: PF}}', {reuse: false})
    expect(report?.cells.map(cell => cell.sameAs)).toEqual([undefined, undefined, 'prod+pinned', 'prod+latest'])
    expect(report?.cells.map(cell => cell.outcome)).toEqual(['passed', 'failed', 'passed', 'failed'])
  })

  it('leaves the checkout alone, and no cell behind', async () => {
    expect(await rig.run(join(rig.folder, 'service'), 'git', 'status', '--porcelain')).toBe('')
    expect(await rig.run(join(rig.folder, 'service'), 'git', 'worktree', 'list')).not.toContain('cache')
    expect(await readdir(join(rig.folder, 'cache', 'cells'))).toEqual([])
  })

  it('runs only the cells that were asked for', async () => {
    const [report] = await rig.matrix('one: {repo: service, matrix: {prod: PF, master: PP}}', {cells: ['prod+latest']})
    expect(report?.cells.map(cell => cell.noAnswer?.text ?? cell.outcome)).toEqual([
      'not asked for',
      'failed',
      'not asked for',
      'not asked for',
    ])
    expect(report?.diagnosis.code).toBe('baseline-unknown')
    expect(CELLS).toHaveLength(report?.cells.length ?? 0)
  })
})

const UPDATE = [{name: 'lib', from: '1.0.0', to: '1.1.0'}]
