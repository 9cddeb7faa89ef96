import {mkdir, mkdtemp, readdir, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {processTable} from '../processes/machine.ts'
import type {Answer} from './answer.ts'
import type {Bench} from './bench.ts'
import {type Installs, installsIn} from './installs.ts'
import {type Kept, keptIn} from './kept.ts'
import {localRoom} from './local-room.ts'
import type {Room} from './room.ts'

/** Where cells are run, and what they share. */
export interface Workbench extends Bench {
  /** Where commands run. */
  readonly room: Room
  readonly installs: Installs
  readonly answers: Kept<Answer>
  readonly resolutions: Kept<Resolution>
  /** A folder for one cell, with a home, a temporary folder and a place for the checkout. */
  readonly cellFolder: () => Promise<string>
}

/** Texts of lock files and manifests as a package manager left them, by path. */
export type Resolution = Readonly<Record<string, string>>

/** Clears away what a killed run left behind, and lays everything out. */
export async function openWorkbench(bench: Bench): Promise<Workbench> {
  const cells = join(bench.cache, 'cells')
  await mkdir(cells, {recursive: true})
  await sweep(cells)
  return {
    ...bench,
    room: localRoom(bench),
    installs: installsIn(bench.cache),
    answers: keptIn(join(bench.cache, 'answers')),
    resolutions: keptIn(join(bench.cache, 'resolutions')),
    async cellFolder() {
      const folder = await mkdtemp(join(cells, `${process.pid}-`))
      for (const name of ['home', 'tmp']) await mkdir(join(folder, name))
      return folder
    },
  }
}

/** Cells carry the number of the process that made them; where it is gone, nobody will come back for them. */
async function sweep(cells: string): Promise<void> {
  const left = (await readdir(cells)).filter(name => !isRunning(Number.parseInt(name, 10)))
  await Promise.all(left.map(name => rm(join(cells, name), {recursive: true, force: true})))
}

/** Whether there is a process of that number on this machine, and not only its corpse. */
export function isRunning(pid: number): boolean {
  return processTable.started(pid) !== undefined
}
