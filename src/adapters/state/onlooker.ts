import {open, stat} from 'node:fs/promises'
import {setTimeout as sleep} from 'node:timers/promises'
import {pathToFileURL} from 'node:url'
import type {Failure} from '../../core/base/failure.ts'
import {failure} from '../../core/base/failure.ts'
import type {Result} from '../../core/base/result.ts'
import {fail, ok} from '../../core/base/result.ts'
import {type Database, driver} from './driver.ts'
import {cutOff, sizeOf} from './file.ts'
import {Refused} from './refused.ts'
import {trouble, unsettled} from './trouble.ts'
import {formOf, vet} from './vet.ts'

/** How often what was written to meanwhile is read again. */
const TRIES = 5

/** Two writes that are this close may leave the same time on a file. */
const TICK_MS = 100

/** Where SQLite says in the first bytes of a file that changes come to a log beside it first. */
const HEADER = {length: 20, at: 18, logged: 2} as const

/**
 * Reads a file that this process may not write to, or not beside it. Where somebody else has the file open, or has left its
 * log behind, SQLite reads it under locks. Where nobody has, there is no log, and SQLite would have to make one. Then the
 * file is read as one that does not change, and what was read counts only if it did not: whoever begins to write makes a
 * log, and brings it into the file before the log is gone.
 */
export async function lookAt<T>(
  file: string,
  forms: readonly string[],
  nothing: T,
  look: (database: Database) => T | Promise<T>,
): Promise<Result<T>> {
  try {
    for (let tries = 0; tries < TRIES; tries++) {
      const size = await sizeOf(file)
      if (size === undefined) return ok(nothing)
      if (size === 0) return fail(cutOff(file))
      const mark = await stillMark(file)
      const answer = await readOnce(file, forms, mark !== undefined, look)
      if (mark === undefined || mark === (await stillMark(file))) return answer
    }
    return fail(restless(file))
  } catch (error) {
    return fail(trouble(file, error))
  }
}

/** What is another once anybody has written; undefined where locks keep writers away, and no mark is needed. */
async function stillMark(file: string): Promise<string | undefined> {
  if ((await sizeOf(`${file}-wal`)) !== undefined || !(await isLogged(file))) return undefined
  const {mtimeMs} = await stat(file)
  if (Math.abs(Date.now() - mtimeMs) < TICK_MS) await sleep(TICK_MS)
  const {ino, size, mtimeNs} = await stat(file, {bigint: true})
  return [ino, size, mtimeNs].join(' ')
}

async function isLogged(file: string): Promise<boolean> {
  const handle = await open(file)
  try {
    const {buffer} = await handle.read(Buffer.alloc(HEADER.length), 0, HEADER.length, 0)
    return buffer[HEADER.at] === HEADER.logged
  } finally {
    await handle.close()
  }
}

async function readOnce<T>(
  file: string,
  forms: readonly string[],
  isStill: boolean,
  look: (database: Database) => T | Promise<T>,
): Promise<Result<T>> {
  let database: Database | undefined
  try {
    const {DatabaseSync} = await driver()
    database = new DatabaseSync(isStill ? unchanging(file) : file, {readOnly: true})
    await vet(database, file)
    if (formOf(database, forms.length) < forms.length) return fail(outdated(file))
    return ok(await look(database))
  } catch (error) {
    return fail(error instanceof Refused ? error.failure : unsettled(file, error))
  } finally {
    database?.close()
  }
}

function unchanging(file: string): URL {
  const url = pathToFileURL(file)
  url.searchParams.set('immutable', '1')
  return url
}

function outdated(file: string): Failure {
  return failure('state-failed', {
    message: `the record ${file} is of an older sluice, and may not be written here`,
    hint: 'run `sluice rollout list` once as somebody who may write to it: that brings it up to date',
  })
}

function restless(file: string): Failure {
  return failure('state-failed', {
    message: `the record ${file} was written to each time it was read, and may not be locked here`,
    hint: 'try again, or look as somebody who may write to it',
  })
}
