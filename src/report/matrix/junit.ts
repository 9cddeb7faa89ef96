import {type Cell, cellName} from '../../core/matrix/cell.ts'
import type {MatrixReport} from '../../core/matrix/matrix-report.ts'
import {outcomeText} from './words.ts'

/** JUnit XML, as continuous integration reads it: a suite a service, a test a cell. */
export function matrixJUnit(reports: readonly MatrixReport[]): string {
  const suites = reports.map(suiteOf).join('\n')
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites}\n</testsuites>\n`
}

function suiteOf({service, cells, diagnosis, asOf}: MatrixReport): string {
  const count = (outcome: Cell['outcome']) => cells.filter(cell => cell.outcome === outcome).length
  const attributes = attributesOf({
    name: service,
    tests: cells.length,
    failures: count('failed'),
    errors: count('error'),
    skipped: count('skipped'),
    time: seconds(cells.reduce((sum, cell) => sum + cell.durationMs, 0)),
    timestamp: asOf,
  })
  const meaning = `    <properties><property ${attributesOf({name: 'diagnosis', value: diagnosis.code})}/></properties>`
  const tests = cells.map(cell => testOf(service, cell)).join('\n')
  return `  <testsuite ${attributes}>\n${meaning}\n${tests}\n  </testsuite>`
}

const ELEMENTS = {failed: 'failure', error: 'error', skipped: 'skipped'} as const

function testOf(service: string, cell: Cell): string {
  const attributes = attributesOf({classname: service, name: cellName(cell), time: seconds(cell.durationMs)})
  if (cell.outcome === 'passed') return `    <testcase ${attributes}/>`
  const failed = (cell.tests?.failed ?? cell.lastLines)?.join('\n') ?? cell.noAnswer?.hint ?? ''
  const inner = `<${ELEMENTS[cell.outcome]} ${attributesOf({message: outcomeText(cell)})}>${xml(failed)}</${ELEMENTS[cell.outcome]}>`
  return `    <testcase ${attributes}>${inner}</testcase>`
}

const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(3)

function attributesOf(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${xml(String(value))}"`)
    .join(' ')
}

const ESCAPED: Readonly<Record<string, string>> = {'<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;', "'": '&apos;'}

/** What XML cannot hold at all is left out. */
function xml(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are the ones
  const possible = text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
  return possible.replaceAll(/[<>&"']/g, char => ESCAPED[char] ?? '')
}
