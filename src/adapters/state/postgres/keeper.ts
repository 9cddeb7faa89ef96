import type {Failure} from '../../../core/base/failure.ts'
import type {Result} from '../../../core/base/result.ts'
import {fail, ok} from '../../../core/base/result.ts'
import type {DurationMs} from '../../../core/base/units.ts'
import type {Recorded} from '../../../core/rollout/record.ts'
import type {Lease} from '../../../ports/state.ts'
import {inTurn} from '../../in-turn.ts'
import {Refused} from '../refused.ts'
import {FORMS, type Forms} from '../schema.ts'
import type {Appended, Keeper, Tables} from '../tables.ts'
import {schemaNameOf} from './address.ts'
import type {Connection} from './connection.ts'
import {connect} from './connection.ts'
import {addingTo, entriesOf} from './entries.ts'
import {bringUpToDate, formOf} from './form.ts'
import {reading, writing} from './transactions.ts'
import {isPassing, isUnready, trouble, unsure} from './trouble.ts'

/** For how long a connection that was lost is sought again, before the caller is told. */
const PATIENCE_MS: DurationMs = 5_000
const RETRY_MS: DurationMs = 250

/**
 * The record in a PostgreSQL database, in a schema of the system's own. Writers of one record come one after the other,
 * by a lock that the server drops with the connection; a statement that hangs, a lock that is not had and a holder that
 * stops in the middle all end by themselves, so nobody waits for ever.
 * @param address as libpq takes it, with its options for TLS
 * @param forms of its tables; those of the record of rollouts without it
 */
export function postgresKeeper(address: string, system: string, forms: Forms = FORMS): Keeper {
  const schema = schemaNameOf(system)
  const turns = inTurn()
  let open: Connection | undefined
  /** The form of the record, as long as the connection lasts. */
  let form: number | undefined
  /** Who has waited for it in vain need not be followed by everybody else, one after the other. */
  let isAway = false
  const adding = addingTo(schema)
  /** False behind a pooler that hands out connections by the transaction, and keeps no statements for us. */
  let keepsReady = true

  async function attempt<T>(begin: string, work: (tables: Tables) => Promise<T>): Promise<Attempt<T>> {
    let isCommitting = false
    try {
      open ??= await connect(address)
      const tables = await open.begin(begin)
      const value = await work(tables)
      isCommitting = true
      await open.commit()
      return {done: ok(value)}
    } catch (error) {
      form = undefined
      if (!(error instanceof Refused)) await drop()
      else if (!(await open?.rollback())) await drop()
      return failed(error, isCommitting)
    }
  }

  /** Only what cannot have been done may be tried again. */
  function failed<T>(error: unknown, isCommitting: boolean): Attempt<T> {
    if (error instanceof Refused) return {done: fail(error.failure)}
    if (!isPassing(error)) return {done: fail(trouble(address, error))}
    return isCommitting ? {done: fail(unsure(address))} : {again: trouble(address, error)}
  }

  async function persist<T>(begin: string, work: (tables: Tables) => Promise<T>): Promise<Result<T>> {
    const until = performance.now() + (isAway ? 0 : PATIENCE_MS)
    for (;;) {
      const tried = await attempt(begin, work)
      isAway = 'again' in tried && performance.now() >= until
      if ('done' in tried) return tried.done
      if (isAway) return fail(tried.again)
      await new Promise(resolve => setTimeout(resolve, RETRY_MS))
    }
  }

  async function drop(): Promise<void> {
    const lost = open
    open = undefined
    form = undefined
    await lost?.end()
  }

  async function look<T>(tables: Tables, nothing: T, work: (tables: Tables) => Promise<T>): Promise<T> {
    form ??= await formOf(tables, schema, forms)
    return form === undefined ? nothing : work(tables)
  }

  async function change<T>(tables: Tables, work: (tables: Tables) => Promise<T>): Promise<T> {
    form ??= await formOf(tables, schema, forms)
    if (form !== forms.length) await bringUpToDate(tables, schema, form, forms)
    form = forms.length
    return work(tables)
  }

  /** By one statement, where the connection is known to be good for it; else the usual way finds out what is the matter. */
  async function append(lease: Lease, rollout: string, after: number, records: readonly Recorded[]): Promise<Appended> {
    if (!open || form !== forms.length || !keepsReady) return undefined
    try {
      const texts = records.map(record => JSON.stringify(record))
      const rows = await open.once(adding, [lease.environment, lease.fence, rollout, after, texts])
      return rows.length === 0 ? undefined : entriesOf(rows, lease, records)
    } catch (error) {
      if (isUnready(error)) keepsReady = false
      await drop()
      return undefined
    }
  }

  return {
    append: (lease, rollout, after, records) => turns(schema, () => append(lease, rollout, after, records)),
    read: (nothing, work) => turns(schema, () => persist(reading(schema), tables => look(tables, nothing, work))),
    write: work => turns(schema, () => persist(writing(schema), tables => change(tables, work))),
    close: () => turns(schema, drop),
  }
}

type Attempt<T> = {readonly done: Result<T>} | {readonly again: Failure}
