import {failure} from '../../../core/base/failure.ts'
import {Refused} from '../refused.ts'
import {type Forms, POSTGRES} from '../schema.ts'
import type {Tables} from '../tables.ts'
import {one} from '../tables.ts'
import {quoted} from './transactions.ts'

/** Of which form the record is; undefined where there is none. Refuses one that a newer sluice has made. */
export async function formOf(tables: Tables, schema: string, forms: Forms): Promise<number | undefined> {
  const found = await one(tables, 'SELECT to_regclass(?) AS form', `${quoted(schema)}.form`)
  if (found?.['form'] === null) return undefined
  const row = await one(tables, 'SELECT version FROM form')
  const version = Number(row?.['version'] ?? 0)
  if (version <= forms.length) return version
  throw new Refused(
    failure('state-failed', {
      message: `the record is of form ${version}, and this sluice knows no form beyond ${forms.length}`,
      hint: 'somebody uses a newer sluice on it: update this one',
    }),
  )
}

/** Brings the record to today's form, from none or from an older one, within the transaction that needs it. */
export async function bringUpToDate(
  tables: Tables,
  schema: string,
  from: number | undefined,
  forms: Forms,
): Promise<void> {
  if (from === undefined) await begin(tables, schema)
  for (const form of forms.slice(from ?? 0)) await tables.run(form(POSTGRES))
  await tables.run('UPDATE form SET version = ?', forms.length)
}

async function begin(tables: Tables, schema: string): Promise<void> {
  const there = await one(tables, 'SELECT 1 AS there FROM pg_namespace WHERE nspname = ?', schema)
  // Asked first, since making what is there needs the right to make it; somebody may have made it for us.
  if (!there) await tables.run(`CREATE SCHEMA ${quoted(schema)}`)
  await tables.run('CREATE TABLE form (version BIGINT NOT NULL)')
  await tables.run('INSERT INTO form VALUES (0)')
}
