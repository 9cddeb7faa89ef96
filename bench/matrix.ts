import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {nextProbe, type Probe, type Search} from '../src/core/matrix/culprit.ts'
import {type MatrixRig, matrixRig} from '../test/support/matrix-rig.ts'
import {type Registry, startRegistry} from '../test/support/registry.ts'
import type {Figure} from './figure.ts'

/** Four cells at once with what is known of earlier runs, beside one `npm ci && npm test`. */
const MAX_RATIO = 2
/** Of four of them in a row: 1.7 times faster. */
const MAX_SHARE = 0.58
const MAX_UNCHANGED_MS = 2000
/** Of npm-check-updates' doctor, which tries one by one. */
const MAX_OF_DOCTOR = 0.5
const MAX_PROBES = 10

const LIBRARIES = Array.from({length: 20}, (_, at) => `lib-${at}`)
const FILES_OF_EACH = 60

/** What the matrix costs beside what a build would do anyway, and how many runs a culprit costs. */
export async function bench(): Promise<Figure[]> {
  const registry = await startRegistry()
  const rig = await matrixRig(registry.url)
  try {
    const {manifest, lock} = await service(registry, rig)
    return [...(await cells(rig)), ...(await culprit(rig, manifest, lock)), worstSearch()]
  } finally {
    await rig.close()
    await registry.close()
  }
}

/** A service whose twenty libraries have a newer version each, with two branches. */
async function service(registry: Registry, rig: MatrixRig) {
  await registry.publish(...LIBRARIES.map(name => library(name, '1.0.0')))
  const manifest = JSON.stringify({
    name: 'service',
    version: '1.0.0',
    dependencies: Object.fromEntries(LIBRARIES.map(name => [name, '^1.0.0'])),
    scripts: {test: 'node test.cjs'},
  })
  const start = await rig.repository('start', {main: {'package.json': manifest}})
  await rig.run(start, 'npm', 'install', '--package-lock-only')
  const lock = readFileSync(join(start, 'package-lock.json'), 'utf8')
  await registry.publish(...LIBRARIES.map(name => library(name, '1.1.0')))
  const branch = (test: string) => ({'package.json': manifest, 'package-lock.json': lock, 'test.cjs': test})
  const work = `${LIBRARIES.map(name => `require('${name}')`).join('\n')}\nsetTimeout(() => {}, 1500)\n`
  await rig.repository('service', {prod: branch(`// prod\n${work}`), main: branch(work)})
  return {manifest, lock}
}

function library(name: string, version: string) {
  const files = Array.from({length: FILES_OF_EACH}, (_, at) => [`lib/${at}.js`, `// ${'x'.repeat(2000)}\n`])
  return {name, version, files: {'index.js': `module.exports = '${version}'`, ...Object.fromEntries(files)}}
}

async function cells(rig: MatrixRig): Promise<Figure[]> {
  const services = 'service: {repo: service, matrix: {prod: prod}}'
  const ms = async (work: () => unknown) => {
    const from = performance.now()
    await work()
    return performance.now() - from
  }
  const plain = () => ms(() => plainBuild(rig))
  await plain()
  await rig.matrix(services)
  const one = median([await plain(), await plain(), await plain()])
  const unchanged = await ms(() => rig.matrix(services))
  const warm: number[] = []
  for (let round = 0; round < 3; round++) {
    // Answers are forgotten; clones, lookups and installed libraries are kept.
    rmSync(join(rig.folder, 'cache', 'answers'), {recursive: true, force: true})
    warm.push(await ms(() => rig.matrix(services)))
  }
  const four = median(warm)
  const peer = `one warm npm ci && npm test: ${(one / 1000).toFixed(1)} s`
  return [
    {name: 'matrix: four cells, warm', value: four / 1000, unit: 's', peer},
    {name: 'matrix: four cells, beside one npm ci && npm test', value: four / one, unit: 'x', limit: {max: MAX_RATIO}},
    {name: 'matrix: four cells, beside four in a row', value: four / (4 * one), unit: 'x', limit: {max: MAX_SHARE}},
    {name: 'matrix: nothing changed', value: unchanged, unit: 'ms', limit: {max: MAX_UNCHANGED_MS}},
  ]
}

/** In a fresh folder, with npm's own cache warm. The registry lives in this process, so nothing may block it. */
async function plainBuild(rig: MatrixRig): Promise<void> {
  const [folder, repo] = [join(rig.folder, 'plain'), join(rig.folder, 'service')]
  rmSync(folder, {recursive: true, force: true})
  mkdirSync(folder)
  for (const name of ['package.json', 'package-lock.json', 'test.cjs']) {
    writeFileSync(join(folder, name), readFileSync(join(repo, name)))
  }
  await rig.run(folder, 'npm', 'ci')
  await rig.run(folder, 'npm', 'test')
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** Twenty updates of which one breaks the tests: how often these run until that is known, here and with the doctor. */
async function culprit(rig: MatrixRig, manifest: string, lock: string): Promise<Figure[]> {
  const count = join(rig.folder, 'runs')
  const test = `
    require('node:fs').appendFileSync(${JSON.stringify(count)}, 'x')
    process.exit(require('lib-13') === '1.1.0' ? 1 : 0)`
  const repo = await rig.repository('red', {
    main: {'package.json': manifest, 'package-lock.json': lock, 'test.cjs': test},
  })
  const runs = async (work: () => Promise<unknown>) => {
    writeFileSync(count, '')
    await work()
    return readFileSync(count, 'utf8').length
  }
  const asked = {cells: ['prod+pinned', 'prod+latest'] as const, searchBudget: 40}
  const ours = await runs(async () => {
    const [report] = await rig.matrix('red: {repo: red, matrix: {prod: main}}', asked)
    if (report?.culprits.map(({name}) => name).join() !== 'lib-13') throw new Error('the culprit was not found')
  })
  await rig.run(repo, 'npm', 'ci')
  const doctor = await runs(() => rig.run(repo, process.execPath, resolve(DOCTOR), '--doctor', '-u'))
  return [
    {
      name: 'matrix: runs until 1 culprit of 20 is known, cells and all',
      value: ours,
      unit: 'runs',
      limit: {max: doctor * MAX_OF_DOCTOR},
      peer: `npm-check-updates --doctor: ${doctor}`,
    },
  ]
}

const DOCTOR = 'node_modules/npm-check-updates/build/cli.js'

/** The worst place that one culprit among twenty can be in. */
function worstSearch(): Figure {
  const search: Search = {updates: LIBRARIES, suspects: 0, budget: 1000}
  const runs = LIBRARIES.map(guilty => {
    const probes: Probe[] = []
    for (let step = nextProbe(search, probes); step.is === 'try'; step = nextProbe(search, probes)) {
      probes.push({take: step.take, outcome: step.take.includes(guilty) ? 'failed' : 'passed'})
    }
    return probes.length
  })
  return {
    name: 'matrix: runs to find 1 culprit of 20, at worst',
    value: Math.max(...runs),
    unit: 'runs',
    limit: {max: MAX_PROBES},
    peer: 'one by one: 20',
  }
}
