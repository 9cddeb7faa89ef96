import {spawnSync} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {CELLS, cellName, type Change} from '../src/core/matrix/cell.ts'
import type {MatrixReport} from '../src/core/matrix/matrix-report.ts'
import {byHand} from './projects/by-hand.ts'
import {environmentFor, repositoryOf, runnerIn} from './projects/repository.ts'
import {type Project, PROJECTS} from './projects/table.ts'

/** `npm run projects [NAME...]`: the matrix of public npm projects, beside the same done by hand with npm or yarn alone. */
const wanted = process.argv.slice(2)
const say = (line: string) => process.stdout.write(`${line}\n`)
const folder = await mkdtemp(join(tmpdir(), 'sluice-projects-'))
const environment = await environmentFor(folder)
const run = runnerIn(environment)

try {
  for (const project of PROJECTS.filter(({name}) => wanted.length === 0 || wanted.includes(name))) {
    const wrong = await tried(project)
    for (const line of wrong) say(`  WRONG: ${line}`)
    if (wrong.length > 0) process.exitCode = 1
  }
} finally {
  await rm(folder, {recursive: true, force: true, maxRetries: 3})
}

async function tried(project: Project): Promise<readonly string[]> {
  const {name, prod, master, latest} = project
  say(`${name}: prod ${prod}, master ${master}, latest ${latest}`)
  const repo = await repositoryOf(project, folder, run)
  const [first, second] = [matrixOf(project), matrixOf(project)]
  const {report} = first
  say(`  ${Object.values(outcomesOf(report)).join(', ')}: ${report.diagnosis.code}`)
  for (const {cell, sets, runs} of report.search ?? []) {
    say(`  ${cell} is broken by ${sets.map(set => set.map(update).join(' and ')).join('; ')}: ${runs} runs`)
  }
  say(`  ${first.seconds.toFixed(1)} s, and ${second.seconds.toFixed(1)} s the second time`)
  const hand = await byHand(project, repo, report, folder, run)
  say(`  by hand: ${CELLS.map(cell => hand.outcomes[cell]).join(', ')}`)
  return [...hand.wrong, ...unexpected(project, report), ...anew(second.report)]
}

function update({name, from, to}: Change): string {
  return `${name} ${from} -> ${to}`
}

function outcomesOf({cells}: MatrixReport): Readonly<Record<string, string>> {
  return Object.fromEntries(cells.map(cell => [cellName(cell), cell.outcome]))
}

/** The built program, as anybody would call it. */
function matrixOf({name, latest, test}: Project): {readonly report: MatrixReport; readonly seconds: number} {
  const config = join(folder, 'sluice.yaml')
  const service = {repo: join(folder, name), matrix: {prod: 'prod', master: 'master', latest, test}}
  writeFileSync(config, JSON.stringify({sluice: 1, system: 'projects', services: {[name]: service}}))
  const started = performance.now()
  const args = [resolve('bin/run.js'), 'matrix', 'run', '--json', '--no-scripts', '--config', config]
  const env = {...environment, SLUICE_CACHE: join(folder, 'cache')}
  const {stdout, stderr} = spawnSync(process.execPath, args, {encoding: 'utf8', env, maxBuffer: 1 << 26})
  const seconds = (performance.now() - started) / 1000
  if (stdout === '') throw new Error(`${name}: ${stderr}`)
  return {report: JSON.parse(stdout) as MatrixReport, seconds}
}

/** Newer libraries may change these: then the table is to be looked at, not the program. */
function unexpected({expected}: Project, report: MatrixReport): string[] {
  const told = outcomesOf(report)
  const culprits = [...new Set(report.culprits.map(({name}) => name))].sort()
  const wrong = CELLS.filter(cell => told[cell] !== expected.outcomes[cell]).map(
    cell => `${cell} is ${told[cell]}, and was ${expected.outcomes[cell]} when this was written`,
  )
  if (report.diagnosis.code !== expected.diagnosis) wrong.push(`the diagnosis was ${expected.diagnosis}`)
  if (culprits.join() !== [...expected.culprits].sort().join())
    wrong.push(`guilty were ${expected.culprits.join(', ')}`)
  return wrong
}

/** A second run takes everything from the first. */
function anew({cells}: MatrixReport): string[] {
  const again = cells.filter(cell => !cell.remembered && cell.sameAs === undefined)
  return again.map(cell => `${cellName(cell)} ran again although nothing had changed`)
}
