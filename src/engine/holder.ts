import type {Failure} from '../core/base/failure.ts'
import type {DurationMs, Instant} from '../core/base/units.ts'
import type {Lease} from '../ports/state.ts'
import type {HolderDeps, Taken} from './take.ts'
import {TTL_MS, ask} from './take.ts'

/** A lease that is kept alive in the background until it is given back or lost. */
export interface Holder {
  lease(): Lease
  /**
   * Whether an act may begin: the lease was confirmed only just now, and lasts until the act has ended. Asked before
   * every single act, so that a process that was stopped for a while looks before it acts.
   */
  mayAct(): Promise<boolean>
  /** A write that carried the lease, and was asked for then, was accepted. */
  confirmed(asked: DurationMs): void
  /** Why it is ours no longer. */
  lost(): Failure | undefined
  end(): Promise<void>
}

const RENEW_MS: DurationMs = 10_000
/** No act begins with less time left than this, so that it ends before anybody else may begin one. */
const MARGIN_MS: DurationMs = 12_000
/** Whoever was told so long ago that the lease is theirs asks again before they act. */
const FRESH_MS: DurationMs = 1_000

/** Told while the record cannot be asked whether the lease still stands: once when that begins, and once when it is over. */
export type Told = (reached: {readonly since: Instant; readonly why: Failure | undefined}) => void

export function keep(deps: HolderDeps, taken: Taken, told: Told): Holder {
  const {clock, state} = deps
  const ended = new AbortController()
  let {lease} = taken
  let sureUntil = taken.asked + TTL_MS
  let confirmedAt = taken.asked
  let lost: Failure | undefined
  let awaySince: Instant | undefined

  async function renew(): Promise<void> {
    const from = clock.monotonic()
    const renewed = await ask(deps, 'renew the lock', () => state.renew(lease, TTL_MS))
    if (renewed.ok) {
      lease = renewed.value
      sureUntil = from + TTL_MS
      confirmedAt = from
    } else if (renewed.failure.code === 'locked') lost = renewed.failure
    reached(renewed.ok || lost ? undefined : renewed.failure)
  }

  function reached(why: Failure | undefined): void {
    if ((why === undefined) === (awaySince === undefined)) return
    const since = awaySince ?? clock.now() - (clock.monotonic() - confirmedAt)
    awaySince = why && since
    if (!lost) told({since, why})
  }

  async function renewing(): Promise<void> {
    for (;;) {
      await clock.sleep(RENEW_MS, ended.signal)
      if (ended.signal.aborted || lost) return
      await renew()
    }
  }

  const isFresh = () => clock.monotonic() - confirmedAt <= FRESH_MS
  const running = renewing()
  return {
    lease: () => lease,
    mayAct: async () => {
      if (!lost && !isFresh()) await renew()
      return !lost && isFresh() && sureUntil - clock.monotonic() > MARGIN_MS
    },
    confirmed: asked => void (confirmedAt = Math.max(confirmedAt, asked)),
    lost: () => lost,
    end: async () => {
      ended.abort('left')
      await running
      if (!lost) await ask(deps, 'give the lock back', () => state.release(lease))
    },
  }
}
