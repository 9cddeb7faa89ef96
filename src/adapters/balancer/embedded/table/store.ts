import {mkdir, open, readFile, rename} from 'node:fs/promises'
import {join} from 'node:path'
import {EMPTY_TABLE, type Table} from './table.ts'

/** Bumped when the file's meaning changes; a file of another number is not guessed at. */
const FORMAT = 1

/** Where the table is kept in the balancer's folder. */
export function tableFile(folder: string): string {
  return join(folder, 'table.json')
}

/** The table as it was last kept; throws where the file is there and cannot be understood, since guessing moves traffic. */
export async function loadTable(folder: string): Promise<Table> {
  const text = await readFile(tableFile(folder), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return EMPTY_TABLE
  const kept = JSON.parse(text) as {format?: number; table?: Table}
  if (kept.format !== FORMAT || !kept.table)
    throw new Error(`${tableFile(folder)} is of format ${kept.format}, not ${FORMAT}`)
  return kept.table
}

/** On disk before it is acted on: a process that is killed at any instant comes back with all of it, or all of the one before. */
export async function saveTable(folder: string, table: Table): Promise<void> {
  await replaceFile(folder, tableFile(folder), JSON.stringify({format: FORMAT, table}, null, 1))
}

/** A reader sees the old text or the new one, and after a power cut, too. */
export async function replaceFile(folder: string, file: string, text: string): Promise<void> {
  await mkdir(folder, {recursive: true, mode: 0o700})
  const fresh = `${file}.${process.pid}`
  const handle = await open(fresh, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(fresh, file)
  await syncFolder(folder)
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
