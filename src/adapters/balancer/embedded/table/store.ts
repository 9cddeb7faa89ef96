import {join} from 'node:path'
import {readIfThere, replaceFile} from '../../../files.ts'
import {EMPTY_TABLE, type Table} from './table.ts'

/** Bumped when the file's meaning changes; a file of another number is not guessed at. */
const FORMAT = 1

/** Where the table is kept in the balancer's folder. */
export function tableFile(folder: string): string {
  return join(folder, 'table.json')
}

/** The table as it was last kept; throws where the file is there and cannot be understood, since guessing moves traffic. */
export async function loadTable(folder: string): Promise<Table> {
  const file = tableFile(folder)
  const text = await readIfThere(file)
  if (text === undefined) return EMPTY_TABLE
  const kept = JSON.parse(text) as {format?: number; table?: Table}
  if (kept.format !== FORMAT || !kept.table) throw new Error(`${file} is of format ${kept.format}, not ${FORMAT}`)
  return kept.table
}

/** On disk before it is acted on: a process that is killed at any instant comes back with all of it, or all of the one before. */
export async function saveTable(folder: string, table: Table): Promise<void> {
  await replaceFile(tableFile(folder), JSON.stringify({format: FORMAT, table}, null, 1))
}
