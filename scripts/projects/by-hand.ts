import {readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {type CellName, CELLS, placeOf} from '../../src/core/matrix/cell.ts'
import type {MatrixReport} from '../../src/core/matrix/matrix-report.ts'
import {MANAGERS} from './managers.ts'
import {type Runner} from './repository.ts'
import type {Project} from './table.ts'

type Found = 'passed' | 'failed' | 'error'

/** What somebody finds who has only git and the package manager: each cell, and whether the culprits are guilty and the rest is not. */
export interface ByHand {
  readonly outcomes: Readonly<Record<CellName, Found>>
  /** A sentence for each thing that is not as the report says. */
  readonly wrong: readonly string[]
}

/** Does by hand, in fresh clones, what a report claims. */
export async function byHand(
  project: Project,
  repo: string,
  report: MatrixReport,
  folder: string,
  run: Runner,
): Promise<ByHand> {
  const hand = new Hand(project, repo, folder, run)
  const outcomes = {} as Record<CellName, Found>
  const wrong: string[] = []
  for (const cell of CELLS) {
    const {branch, dependencies} = placeOf(cell)
    outcomes[cell] = await hand.cell(branch, dependencies === 'latest')
    const told = report.cells.find(one => one.branch === branch && one.dependencies === dependencies)?.outcome
    if (told !== outcomes[cell]) wrong.push(`${cell} is ${outcomes[cell]} by hand, and ${told} in the report`)
  }
  for (const search of report.search ?? []) {
    const {branch} = placeOf(search.cell)
    for (const set of search.sets) {
      const versions = set.map(({name, to}) => `${name}@${(to ?? '').split(', ').at(-1)}`)
      const found = await hand.only(branch, versions)
      if (found !== 'failed') wrong.push(`${branch} is ${found} with ${versions.join(' and ')} alone`)
    }
    const found = await hand.with(branch, dirname(search.lock ?? ''))
    if (found !== 'passed') wrong.push(`${branch} is ${found} without its culprits`)
  }
  return {outcomes, wrong}
}

/** One person at work on one project, in a fresh clone each time. */
class Hand {
  readonly #project: Project
  readonly #repo: string
  readonly #folder: string
  readonly #run: Runner

  constructor(project: Project, repo: string, folder: string, run: Runner) {
    this.#project = project
    this.#repo = repo
    this.#folder = folder
    this.#run = run
  }

  async cell(branch: string, newest: boolean): Promise<Found> {
    const clone = await this.#cloned(branch)
    return newest ? this.#after(clone, () => this.#newest(clone)) : this.#tested(clone)
  }

  async only(branch: string, versions: readonly string[]): Promise<Found> {
    const clone = await this.#cloned(branch)
    return this.#after(clone, () => this.#run(clone, ...this.#manager.only(versions)))
  }

  async with(branch: string, from: string): Promise<Found> {
    const clone = await this.#cloned(branch)
    for (const name of await readdir(from)) await writeFile(join(clone, name), await readFile(join(from, name)))
    return this.#tested(clone)
  }

  get #manager() {
    return MANAGERS[this.#project.manager]
  }

  async #cloned(branch: string): Promise<string> {
    const clone = join(this.#folder, 'by-hand')
    await rm(clone, {recursive: true, force: true})
    await this.#run(this.#folder, 'git', 'clone', '--quiet', '--branch', branch, this.#repo, clone)
    return clone
  }

  /** As most people do it: without the lock file, and for the newest at all by name. */
  async #newest(clone: string): Promise<void> {
    const {lock, inRange, beyond, keepsLockForBeyond} = this.#manager
    const {dependencies = {}} = JSON.parse(await readFile(join(clone, 'package.json'), 'utf8')) as {
      readonly dependencies?: Readonly<Record<string, string>>
    }
    await rm(join(clone, lock))
    const isBeyond = this.#project.latest === 'absolute'
    if (!isBeyond || keepsLockForBeyond) await this.#run(clone, ...inRange)
    if (isBeyond) await this.#run(clone, ...beyond(Object.keys(dependencies)))
  }

  /** What cannot be had is no answer of the tests. */
  async #after(clone: string, prepared: () => Promise<unknown>): Promise<Found> {
    const isPrepared = await prepared().then(
      () => true,
      () => false,
    )
    return isPrepared ? this.#tested(clone) : 'error'
  }

  async #tested(clone: string): Promise<Found> {
    await this.#run(clone, ...this.#manager.install)
    return this.#run(clone, ...this.#project.test).then(
      () => 'passed' as const,
      () => 'failed' as const,
    )
  }
}
