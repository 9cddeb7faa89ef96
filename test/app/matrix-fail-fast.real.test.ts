import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {type MatrixRig, matrixRig} from '../support/matrix-rig.ts'

let rig: MatrixRig

/** Red on every branch; each test that begins is written down where no cell can take it away. */
beforeEach(async () => {
  rig = await matrixRig('http://127.0.0.1:9/')
  const begun = JSON.stringify(join(rig.folder, 'begun'))
  const files = (branch: string) => ({
    'test.cjs': `require('fs').appendFileSync(${begun}, '${branch} '); process.exit(1)`,
  })
  await rig.repository('shop', {prod: files('prod'), main: files('main')})
})

afterEach(() => rig?.close())

/** Commands of one's own may install anything: no two cells are the same, and each has to run. */
const COMMANDS = 'pinned: node --version, latest: node --version, test: node test.cjs'

/** The outcomes of one cell after the other, and how many tests were begun; a red one is begun twice. */
async function cells(failFast: boolean, prod = 'prod') {
  const services = `shop: {repo: shop, matrix: {prod: ${prod}, master: main, ${COMMANDS}}}`
  const [report] = await rig.matrix(services, {failFast, jobs: 1})
  const begun = (await readFile(join(rig.folder, 'begun'), 'utf8')).trim().split(' ')
  return {outcomes: report?.cells.map(cell => cell.noAnswer?.code ?? cell.outcome).sort(), begun: begun.length}
}

describe('a red cell', () => {
  it('lets the others run', async () => {
    expect(await cells(false)).toEqual({outcomes: ['failed', 'failed', 'failed', 'failed'], begun: 8})
  })

  it('is the last one that is begun where the run fails fast', async () => {
    expect(await cells(true)).toEqual({outcomes: ['failed', 'failed-fast', 'failed-fast', 'failed-fast'], begun: 2})
  })

  it('is none that has no answer', async () => {
    const outcomes = ['branch-missing', 'branch-missing', 'failed', 'failed-fast']
    expect(await cells(true, 'nowhere')).toEqual({outcomes, begun: 2})
  })
})
