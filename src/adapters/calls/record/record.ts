import type {Result} from '../../../core/base/result.ts'
import type {Instant} from '../../../core/base/units.ts'
import type {Batch, KnownFile} from '../../../core/usage/batch.ts'
import type {Recorded} from '../../../core/usage/used.ts'
import {notMoved} from '../../state/moved.ts'
import type {Keeper, Tables} from '../../state/tables.ts'
import {commit, forget} from './commit.ts'
import {cursorOf, filesOf, recordedOf} from './look.ts'

/** Where calls are written down, for one environment. */
export interface UsageRecord {
  /** Writes a batch, all of it or nothing. Refused where somebody else has read on in the same file. */
  commit(batch: Batch): Promise<Result<void>>
  /** The files that were read, with how far. */
  files(): Promise<Result<readonly KnownFile[]>>
  /** What a source was left with: the snapshot of its counters, or what its lines are compared with. */
  cursor(source: string): Promise<Result<string | null>>
  /** What was recorded since an hour, or all of it. */
  recorded(since?: Instant): Promise<Result<Recorded>>
  /** Forgets that there was such a source, so that nobody waits for it any more; its calls stay. */
  forget(source: string): Promise<Result<void>>
  close(): Promise<void>
}

/** @param keeper of tables that were made by {@link CALL_FORMS} */
export function usageRecord(keeper: Keeper, environment: string): UsageRecord {
  async function read<T>(nothing: T, look: (tables: Tables) => Promise<T>): Promise<Result<T>> {
    return keeper.read(nothing, async tables => {
      await notMoved(tables)
      return look(tables)
    })
  }

  async function write(change: (tables: Tables) => Promise<void>): Promise<Result<void>> {
    return keeper.write(async tables => {
      await notMoved(tables)
      return change(tables)
    })
  }

  return {
    commit: batch => write(tables => commit(tables, environment, batch)),
    files: () => read([], tables => filesOf(tables, environment)),
    cursor: source => read(null, tables => cursorOf(tables, environment, source)),
    recorded: since => read({totals: [], days: [], sources: []}, tables => recordedOf(tables, environment, since ?? 0)),
    forget: source => write(tables => forget(tables, environment, source)),
    close: () => keeper.close(),
  }
}
