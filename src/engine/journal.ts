import type {Failure} from '../core/base/failure.ts'
import {redact} from '../core/base/redact.ts'
import type {Plan} from '../core/plan/plan.ts'
import type {Entry, Recorded} from '../core/rollout/record.ts'
import type {RolloutState} from '../core/rollout/rollout-state.ts'
import {after, stateOf} from '../core/rollout/rollout-state.ts'
import type {Settled} from '../ports/state.ts'
import type {Deps} from './deps.ts'
import {within} from './guard.ts'
import type {Holder} from './holder.ts'

/** The record of the rollout under way, and what follows from it. */
export interface Journal {
  state(): RolloutState
  /** False where it could not be kept: then nothing may be done any more, and {@link broken} says why. */
  append(records: readonly Recorded[], settled?: readonly Settled[]): Promise<boolean>
  broken(): Failure | undefined
  /** What is kept of it: all but the secrets. */
  clean<T>(record: T): T
}

const APPEND_MS = 10_000

/**
 * Records go to disk one batch after the other, in the order in which they were decided; listeners hear of them only
 * then. The first batch that cannot be kept ends it, since whoever comes next must find everything that was done.
 */
export function journalOf(
  deps: Pick<Deps, 'state' | 'clock' | 'emit'>,
  holder: Holder,
  rollout: {readonly id: string; readonly plan: Plan; readonly entries: readonly Entry[]},
  secrets: readonly string[],
): Journal {
  let state = stateOf(rollout.plan, rollout.entries)
  let broken: Failure | undefined
  let last: Promise<unknown> = Promise.resolve()
  const clean = <T>(record: T) => redact(record, secrets)

  async function keep(records: readonly Recorded[], settled: readonly Settled[]): Promise<boolean> {
    if (broken) return false
    const asked = deps.clock.monotonic()
    const kept = await within(deps.clock, {what: 'keep the record', code: 'state-failed', ms: APPEND_MS}, () =>
      deps.state.append(holder.lease(), rollout.id, clean(records), settled),
    )
    if (!kept.ok) broken = kept.failure
    else {
      holder.confirmed(asked)
      for (const entry of kept.value) heard(entry)
    }
    return kept.ok
  }

  function heard(entry: Entry): void {
    state = after(state, entry)
    deps.emit({at: entry.at, rollout: rollout.id, entry: entry.seq, ...entry.record})
  }

  return {
    state: () => state,
    append: (records, settled = []) => {
      const kept = last.then(() => keep(records, settled))
      last = kept
      return kept
    },
    broken: () => broken ?? holder.lost(),
    clean,
  }
}
