import {failure} from '../../core/base/failure.ts'
import {Refused} from './refused.ts'
import type {Tables} from './tables.ts'
import {one} from './tables.ts'

export const SAY_SO = 'say so under `state` in sluice.yaml; `sluice state move` brings it back'

/** Refuses a record that stands elsewhere by now: whoever still reads it would act on the past. */
export async function notMoved(tables: Tables): Promise<void> {
  const row = await one(tables, 'SELECT place, at FROM moved')
  if (!row) return
  const at = new Date(Number(row['at'])).toISOString()
  throw new Refused(
    failure('state-failed', {
      message: `this record was moved to ${row['place']} on ${at}`,
      hint: SAY_SO,
    }),
  )
}

/** From now on the record stands at `place`, as people read it. */
export async function markMoved(tables: Tables, place: string): Promise<void> {
  await tables.run('INSERT INTO moved VALUES (?, ?)', place, tables.now)
}

/** Where the record went, if it did. */
export async function goneTo(tables: Tables): Promise<string | undefined> {
  const row = await one(tables, 'SELECT place FROM moved')
  return row && String(row['place'])
}
