import type {StepId} from '../plan/plan.ts'
import type {Entry, Who} from './record.ts'

/** Who wrote an entry: whoever held the lock with its number. */
export function holderAt(entries: readonly Entry[], {fence}: Pick<Entry, 'fence'>): Who | undefined {
  for (const {record, fence: own} of entries) {
    const isHolder = record.code === 'rollout-begun' || record.code === 'rollout-resumed'
    if (own === fence && isHolder) return record.by
  }
  return undefined
}

/** Who wrote the last entry of a step. */
export function lastActor(entries: readonly Entry[], step: StepId): Who | undefined {
  const last = entries.findLast(({record}) => 'step' in record && record.step === step)
  return last && holderAt(entries, last)
}

/** Whether the host of both was started anew since the first of them acted: nothing that it had started lives. */
export function isEarlierRun(before: Who | undefined, now: Who): boolean {
  return before !== undefined && before.host === now.host && before.boot !== now.boot
}
