import {readdirSync} from 'node:fs'
import {spawnSync} from 'node:child_process'
import type {Figure} from './figure.ts'

/** Files that measure nothing: the type, this runner, the one that runs a single bench, and what benches share. */
const OTHERS = new Set(['figure.ts', 'run.ts', 'one.ts', 'systems.ts', 'large.ts'])

const wanted = process.argv.slice(2)
const files = readdirSync('bench').filter(file => file.endsWith('.ts') && !OTHERS.has(file))
const chosen = files.filter(file => wanted.length === 0 || wanted.some(name => file.startsWith(name)))

let broken = 0
for (const file of chosen) {
  for (const figure of figuresOf(file)) {
    const isBroken = figure.limit !== undefined && figure.value > figure.limit.max
    if (isBroken) broken += 1
    process.stdout.write(`${line(figure, isBroken)}\n`)
  }
}
if (broken > 0) process.stdout.write(`${broken} above their limit\n`)
process.exitCode = broken > 0 ? 1 : 0

/** Each bench has a process of its own: memory and warmth of one are not the next one's. */
function figuresOf(file: string): readonly Figure[] {
  const {status, stdout} = spawnSync(process.execPath, ['scripts/run.mjs', 'bench/one.ts', file], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`bench/${file} ended with ${status}`)
  return JSON.parse(stdout) as Figure[]
}

function line({name, value, unit, limit, peer}: Figure, isBroken: boolean): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 0.1 ? 2 : 3
  const most = limit === undefined ? '' : `at most ${limit.max} ${unit}`
  return [
    isBroken ? '✖' : ' ',
    name.padEnd(52),
    `${value.toFixed(digits)} ${unit}`.padStart(12),
    most.padEnd(18),
    peer ?? '',
  ]
    .join(' ')
    .trimEnd()
}
