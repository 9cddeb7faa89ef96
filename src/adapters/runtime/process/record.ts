import {existsSync, writeFileSync} from 'node:fs'
import {mkdir, readdir, realpath, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {DurationMs} from '../../../core/base/units.ts'
import type {ServiceName, State} from '../../../core/graph/system.ts'
import type {PoolId} from '../../../ports/runtime.ts'
import {readIfThere, replaceFile} from '../../files.ts'
import type {ProcessId} from '../../processes/identity.ts'

/**
 * What is on disk of one instance: written without `process` before it is started, and again with it right after.
 * So a crash in between leaves a record that says what to look for.
 */
export interface InstanceRecord {
  readonly sluiceInstance: 1
  readonly id: string
  readonly service: ServiceName
  readonly pool: PoolId
  readonly state: State
  readonly rollout: string
  readonly port: number
  readonly health?: {readonly path: string; readonly timeoutMs: DurationMs}
  /** Counts from 1; another one with another port where the first was taken by somebody else. */
  readonly attempt: number
  readonly process?: ProcessId
}

/** How an instance ended, noted by whoever started it and was still there. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** What is known of an instance once and for all: it has been healthy once; it was asked to end. */
export type Fact = 'healthy' | 'asked'

/** The files of all instances of one environment. `<id>` has no slash and no space: see {@link InstanceRecord.id}. */
export interface Records {
  readonly folder: string
  all(): Promise<readonly InstanceRecord[]>
  write(record: InstanceRecord): Promise<void>
  /** Forgets the instance; its log stays for whoever wants to know why. */
  remove(id: string): Promise<void>
  /** Only one that has a record: an instance that was stopped ends too, and nobody asks how. */
  noteExit(id: string, exit: Exit): void
  exitOf(id: string): Promise<Exit | undefined>
  note(id: string, fact: Fact): Promise<void>
  noted(id: string, fact: Fact): boolean
  logOf(id: string): string
}

export async function openRecords(path: string): Promise<Records> {
  await mkdir(path, {recursive: true, mode: 0o700})
  // The marks of processes hold it, and must be the same by whatever way it is reached.
  const folder = await realpath(path)
  const file = (id: string, ending: string) => join(folder, `${id}${ending}`)
  return {
    folder,
    async all() {
      const names = (await readdir(folder)).filter(name => name.endsWith(RECORD)).sort()
      const read = await Promise.all(names.map(name => readRecord(join(folder, name))))
      return read.filter(record => record !== undefined)
    },
    write: record => replaceFile(file(record.id, RECORD), JSON.stringify(record)),
    async remove(id) {
      for (const ending of [RECORD, EXIT, ...Object.values(FACTS)]) await rm(file(id, ending), {force: true})
    },
    noteExit(id, exit) {
      if (existsSync(file(id, RECORD))) writeFileSync(file(id, EXIT), JSON.stringify(exit))
    },
    async exitOf(id) {
      const text = await readIfThere(file(id, EXIT))
      return text ? (JSON.parse(text) as Exit) : undefined
    },
    note: (id, fact) => writeFile(file(id, FACTS[fact]), ''),
    noted: (id, fact) => existsSync(file(id, FACTS[fact])),
    logOf: id => file(id, LOG),
  }
}

export const RECORD = '.json'
export const EXIT = '.exit'
export const LOG = '.log'
export const FACTS: Readonly<Record<Fact, string>> = {healthy: '.healthy', asked: '.asked'}

async function readRecord(path: string): Promise<InstanceRecord | undefined> {
  const text = await readIfThere(path)
  if (text === undefined) return undefined
  const record = parsed(text)
  if (record?.sluiceInstance === 1) return record
  throw new Error(`${path} is no record of an instance; remove it once you know that nothing of it runs`)
}

function parsed(text: string): InstanceRecord | undefined {
  try {
    return JSON.parse(text) as InstanceRecord
  } catch {
    return undefined
  }
}
