import {readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {type CellName, CELLS, placeOf} from '../../src/core/matrix/cell.ts'
import type {MatrixReport} from '../../src/core/matrix/matrix-report.ts'
import {run} from './repository.ts'
import type {Project} from './table.ts'

/** What somebody finds who has only git and npm: each cell, and whether the culprits are guilty and the rest is not. */
export interface ByHand {
  readonly outcomes: Readonly<Record<CellName, 'passed' | 'failed'>>
  /** A sentence for each thing that is not as the report says. */
  readonly wrong: readonly string[]
}

/** Does by hand, in fresh clones, what a report claims. */
export async function byHand(project: Project, repo: string, report: MatrixReport, folder: string): Promise<ByHand> {
  const outcomes = {} as Record<CellName, 'passed' | 'failed'>
  const wrong: string[] = []
  for (const cell of CELLS) {
    const {branch, dependencies} = placeOf(cell)
    const clone = await cloned(repo, branch, folder)
    if (dependencies === 'latest') await newest(project, clone)
    outcomes[cell] = await tested(project, clone)
    const told = report.cells.find(one => one.branch === branch && one.dependencies === dependencies)?.outcome
    if (told !== outcomes[cell]) wrong.push(`${cell} is ${outcomes[cell]} by hand, and ${told} in the report`)
  }
  for (const search of report.search ?? []) {
    const {branch} = placeOf(search.cell)
    for (const set of search.sets) {
      const clone = await cloned(repo, branch, folder)
      await run(clone, 'npm', 'install', ...QUIETLY, ...set.map(({name, to}) => `${name}@${to}`))
      const names = set.map(({name}) => name).join(' and ')
      if ((await tested(project, clone)) !== 'failed') wrong.push(`${branch} is green with ${names} alone`)
    }
    const clone = await cloned(repo, branch, folder)
    await taken(dirname(search.lock ?? ''), clone)
    if ((await tested(project, clone)) !== 'passed') wrong.push(`${branch} is red without its culprits`)
  }
  return {outcomes, wrong}
}

const QUIETLY = ['--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund']

async function cloned(repo: string, branch: string, folder: string): Promise<string> {
  const clone = join(folder, 'by-hand')
  await rm(clone, {recursive: true, force: true})
  await run(folder, 'git', 'clone', '--quiet', '--branch', branch, repo, clone)
  return clone
}

/** As most people do it: without the lock file, and for the newest at all by name. */
async function newest(project: Project, clone: string): Promise<void> {
  const {dependencies = {}} = JSON.parse(await readFile(join(clone, 'package.json'), 'utf8')) as {
    readonly dependencies?: Readonly<Record<string, string>>
  }
  await rm(join(clone, 'package-lock.json'))
  const names = project.latest === 'absolute' ? Object.keys(dependencies).map(name => `${name}@latest`) : []
  await run(clone, 'npm', 'install', ...QUIETLY, ...names)
}

async function taken(from: string, clone: string): Promise<void> {
  for (const name of await readdir(from)) await writeFile(join(clone, name), await readFile(join(from, name)))
}

async function tested({test: [file = '', ...args]}: Project, clone: string): Promise<'passed' | 'failed'> {
  await run(clone, 'npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund')
  return run(clone, file, ...args).then(
    () => 'passed' as const,
    () => 'failed' as const,
  )
}
