import {spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import type {Figure} from './figure.ts'

const ROUNDS = 15
const SLUICE = resolve('bin/run.js')

/** A chain of five: each calls the one before it by a contract, and all move from 1 to 2. */
const SYSTEM = `sluice: 1
system: five
services:
${[1, 2, 3, 4, 5].map(serviceText).join('')}environments:
  here:
    current: {${[1, 2, 3, 4, 5].map(n => ` s${n}: 1.0.0`).join(',')} }
    target: {${[1, 2, 3, 4, 5].map(n => ` s${n}: 2.0.0`).join(',')} }
`

/** What a user waits for before anything has happened, beside Node itself doing nothing. */
export async function bench(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  try {
    writeFileSync(join(folder, 'sluice.yaml'), SYSTEM)
    const [node = 0, version = 0, plan = 0] = medians(folder, [
      ['-e', '0'],
      [SLUICE, '--version'],
      [SLUICE, 'plan'],
    ])
    const peer = `node -e 0: ${node.toFixed(0)} ms`
    return [
      {name: 'start-up: sluice --version', value: version / node, unit: 'x', limit: {max: 1.6}, peer},
      {name: 'start-up: sluice plan, 5 services', value: plan / node, unit: 'x', limit: {max: 3.5}, peer},
    ]
  } finally {
    rmSync(folder, {recursive: true})
  }
}

function serviceText(n: number): string {
  const speaks = (version: number) => {
    const consumes = n === 1 ? '' : `, consumes: { api-${n - 1}: "^1 || ^2" }`
    return `{ provides: { api-${n}: [1.0.0${version === 2 ? ', 2.0.0' : ''}] }${consumes} }`
  }
  return `  s${n}: { role: backend, releases: { 1.0.0: ${speaks(1)}, 2.0.0: ${speaks(2)} } }\n`
}

/** Median milliseconds of each call of Node, interleaved so that a busy moment meets all of them. */
function medians(folder: string, calls: readonly (readonly string[])[]): readonly number[] {
  const rounds = Array.from({length: ROUNDS}, () => calls.map(call => timed(folder, call)))
  return calls.map(
    (_, index) => rounds.map(round => round[index] ?? 0).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0,
  )
}

function timed(folder: string, call: readonly string[]): number {
  const started = performance.now()
  const {status, stderr} = spawnSync(process.execPath, call, {cwd: folder, encoding: 'utf8'})
  if (status !== 0) throw new Error(`node ${call.join(' ')} ended with ${status}: ${stderr}`)
  return performance.now() - started
}
