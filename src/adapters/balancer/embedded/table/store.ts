import {join} from 'node:path'
import {readIfThere, replaceFile} from '../../../files.ts'
import {oddIn} from './odd.ts'
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
  const kept = parsed(file, text)
  if (kept.format !== FORMAT || !kept.table) throw new Error(`${file} is of format ${kept.format}, not ${FORMAT}`)
  const odd = oddIn(kept.table)
  if (odd !== undefined) throw new Error(`${file} is no table of a balancer (${odd}): ${REPAIR}`)
  return kept.table
}

const REPAIR = 'bring back the one that was there; without one, a service has no traffic until its next rollout'

function parsed(file: string, text: string): {readonly format?: number; readonly table?: Table} {
  try {
    return JSON.parse(text) as {format?: number; table?: Table}
  } catch (error) {
    throw new Error(`${file} is no table of a balancer (${String(error)}): ${REPAIR}`, {cause: error})
  }
}

/** On disk before it is acted on: a process that is killed at any instant comes back with all of it, or all of the one before. */
export async function saveTable(folder: string, table: Table): Promise<void> {
  await replaceFile(tableFile(folder), JSON.stringify({format: FORMAT, table}, null, 1))
}
