import {spawnSync} from 'node:child_process'
import {closeSync, mkdtempSync, openSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import type {Figure} from './figure.ts'
import {largeFile} from './large.ts'
import {median} from './median.ts'
import {ADDING} from './systems.ts'

const [SERVICES, CALLS] = [10_000, 5]
const ROUNDS = 5
const SLUICE = resolve('bin/run.js')

/** A program that does nothing but load the same file with js-yaml, and tells the memory it took. */
const LOAD = `import {load} from ${JSON.stringify(import.meta.resolve('js-yaml'))}
import {readFileSync} from 'node:fs'
load(readFileSync('sluice.yaml', 'utf8'))`

/**
 * `sluice plan --json` on a large system, as a user calls it: from the start of the process to its end, with the plan
 * written to a file. Beside it a process that only loads the same file with js-yaml, turn by turn in the same run.
 */
export async function bench(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  try {
    const text = largeFile(SERVICES, CALLS, ADDING)
    writeFileSync(join(folder, 'sluice.yaml'), text)
    writeFileSync(join(folder, 'load.mjs'), LOAD)
    const size = `${SERVICES} services, ${SERVICES * CALLS} calls, ${(text.length / 1e6).toFixed(1)} MB`
    const rounds = Array.from({length: ROUNDS}, () => [
      run(folder, ['load.mjs']),
      run(folder, [SLUICE, 'plan', '--json']),
    ])
    const [yaml, ours] = [0, 1].map(which => median(rounds.map(round => round[which] as number))) as [number, number]
    return [
      {name: 'plan --json, whole command', value: ours, unit: 'ms', peer: size},
      {
        name: 'plan --json over a process that loads it with js-yaml',
        value: ours / yaml,
        unit: 'x',
        limit: {max: 4},
        peer: `js-yaml ${yaml.toFixed(0)} ms`,
      },
      {name: 'plan --json, memory', value: memory(folder), unit: 'MB', limit: {max: 1000}},
    ]
  } finally {
    rmSync(folder, {recursive: true})
  }
}

/** Milliseconds from start to end. */
function run(folder: string, call: readonly string[]): number {
  const out = openSync(join(folder, 'out.json'), 'w')
  try {
    const started = performance.now()
    const {status, stderr} = spawnSync(process.execPath, call, {
      cwd: folder,
      stdio: ['ignore', out, 'pipe'],
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`node ${call.join(' ')} ended with ${status}: ${stderr}`)
    return performance.now() - started
  } finally {
    closeSync(out)
  }
}

/** The most memory that the command had at once, which it tells itself at its end. */
function memory(folder: string): number {
  writeFileSync(
    join(folder, 'told.mjs'),
    `process.on('exit', () => console.error(process.resourceUsage().maxRSS / 1024))`,
  )
  const call = ['--import', './told.mjs', SLUICE, 'plan', '--json']
  const {stderr} = spawnSync(process.execPath, call, {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  return Number(stderr.trim())
}
