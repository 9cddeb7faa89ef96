import type {Result} from '../../core/base/result.ts'
import type {Instant} from '../../core/base/units.ts'
import type {Entry, Recorded} from '../../core/rollout/record.ts'
import type {Lease} from '../../ports/state.ts'

/** What a statement takes and gives. */
export type Cell = string | number | null
export type Row = {readonly [column: string]: Cell}

/**
 * The tables of a record within one transaction. Statements are the same for every database that keeps one: values stand
 * as `?`, and nothing is used that SQLite and PostgreSQL do not both understand.
 */
export interface Tables {
  /** The time by which leases are judged and entries are stamped: of the database where it has a clock of its own. */
  readonly now: Instant
  /** Answers how many rows it changed. */
  run(sql: string, ...values: readonly Cell[]): Promise<number>
  all(sql: string, ...values: readonly Cell[]): Promise<readonly Row[]>
}

export type Appended = readonly Entry[] | undefined

/** A database that keeps a record. */
export interface Keeper {
  /** Reads; where there is no record yet, the answer is `nothing`. */
  read<T>(nothing: T, look: (tables: Tables) => Promise<T>): Promise<Result<T>>
  /** Writes all or nothing, with every other writer kept out from the first read on. Makes the record where there is none. */
  write<T>(change: (tables: Tables) => Promise<T>): Promise<Result<T>>
  /**
   * Adds entries after the given one, and does nothing else, where a database can do that in less time than {@link write}. Undefined
   * where it is not known to have done it: then they are kept by {@link write}, or found to be there.
   */
  append?(lease: Lease, rollout: string, after: number, records: readonly Recorded[]): Promise<Appended>
  close(): Promise<void>
}

/** The only row there is, or none. */
export async function one(tables: Tables, sql: string, ...values: readonly Cell[]): Promise<Row | undefined> {
  return (await tables.all(sql, ...values))[0]
}
