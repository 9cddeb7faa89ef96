import {readdir, rm, stat} from 'node:fs/promises'
import {extname, join} from 'node:path'
import {UNFINISHED} from '../../files.ts'
import type {Given} from './given.ts'
import {EXIT, FACTS, LOG, RECORD} from './record.ts'

/** Removes what crashes and former instances left in the folder, but the latest logs, which say why they went. */
export async function tidy({records: {folder}, clock}: Pick<Given, 'records' | 'clock'>): Promise<void> {
  const names = await readdir(folder)
  const known = new Set(names.filter(name => name.endsWith(RECORD)).map(name => name.slice(0, -RECORD.length)))
  const files = await Promise.all(names.map(async name => ({name, at: await changedAt(join(folder, name))})))
  const ownerless = files.filter(({name}) => !known.has(name.slice(0, name.lastIndexOf('.'))))
  const logs = ownerless.filter(({name}) => name.endsWith(LOG)).sort((a, b) => b.at - a.at)
  const marks = ownerless.filter(({name}) => NOTES.has(extname(name)))
  const halves = files.filter(({name, at}) => name.endsWith(UNFINISHED) && clock.now() - at > SURELY_LEFT_MS)
  for (const {name} of [...logs.slice(KEPT_LOGS), ...marks, ...halves]) {
    await rm(join(folder, name), {force: true})
    if (name.endsWith(LOG)) await rm(join(folder, `${name}.old`), {force: true})
  }
}

const NOTES: ReadonlySet<string> = new Set([EXIT, ...Object.values(FACTS)])

const KEPT_LOGS = 50

/** Nobody is in the midst of writing a file that is this old. */
const SURELY_LEFT_MS = 60_000

async function changedAt(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs
  } catch {
    return 0
  }
}
