import type {Failure} from '../core/base/failure.ts'
import type {Result} from '../core/base/result.ts'
import {ok} from '../core/base/result.ts'
import type {DurationMs} from '../core/base/units.ts'
import type {Claim, Lease} from '../ports/state.ts'
import {contested} from '../ports/state.ts'
import type {Deps} from './deps.ts'
import {within} from './guard.ts'

/** A lease that is kept alive in the background until it is given back or lost. */
export interface Holder {
  lease(): Lease
  /** Whether an act that begins now ends while the lease is surely still ours. */
  mayAct(): boolean
  /** Why it is ours no longer. */
  lost(): Failure | undefined
  end(): Promise<void>
}

type HolderDeps = Pick<Deps, 'state' | 'clock' | 'holders'>

export const TTL_MS: DurationMs = 30_000
const RENEW_MS = 10_000
/** No act begins with less time left than this, so that it ends before anybody else may begin one. */
const MARGIN_MS = 12_000
const RETRY_MS = 500
const STATE_MS = 8_000

/**
 * Takes the lease; where somebody else has it, asks again for `waitMs`. One whose holder is known to be dead is taken
 * over at once, by its number, so that two who find the same dead holder cannot both succeed.
 */
export async function hold(
  deps: HolderDeps,
  claim: Omit<Claim, 'ttlMs' | 'takeover'>,
  waitMs: DurationMs,
  awaiting: (why: Failure) => void,
  signal?: AbortSignal,
): Promise<Result<Holder>> {
  const {clock} = deps
  const began = clock.monotonic()
  for (let first = true; ; first = false) {
    const asked = clock.monotonic()
    const lease = await acquire(deps, claim)
    if (lease.ok) return ok(keep(deps, lease.value, asked))
    const over = clock.monotonic() - began >= waitMs || signal?.aborted
    if (lease.failure.code !== 'locked' || over) return lease
    if (first) awaiting(lease.failure)
    await clock.sleep(RETRY_MS, signal)
  }
}

async function acquire(deps: HolderDeps, wanted: Omit<Claim, 'ttlMs' | 'takeover'>): Promise<Result<Lease>> {
  const claim = {...wanted, ttlMs: TTL_MS}
  const lease = await ask(deps, 'take the lock', () => deps.state.acquire(claim))
  if (lease.ok || lease.failure.code !== 'locked') return lease
  const dead = await deadHolder(deps, claim)
  return dead ? ask(deps, 'take the lock over', () => deps.state.acquire({...claim, takeover: dead.fence})) : lease
}

async function deadHolder(deps: HolderDeps, claim: Claim): Promise<Lease | undefined> {
  const leases = await ask(deps, 'see who holds the lock', () => deps.state.leases(claim.environment))
  if (!leases.ok) return undefined
  const inTheWay = leases.value.filter(
    lease => lease.expiresAt > deps.clock.now() && contested(claim, lease) !== undefined,
  )
  return inTheWay.find(lease => deps.holders?.isGone(lease.owner))
}

/** @param asked when the lease was asked for, on the clock that does not jump: it lasts at least from then on */
function keep(deps: HolderDeps, first: Lease, asked: DurationMs): Holder {
  const ended = new AbortController()
  let lease = first
  let sureUntil = asked + TTL_MS
  let lost: Failure | undefined

  async function renew(): Promise<void> {
    const from = deps.clock.monotonic()
    const renewed = await ask(deps, 'renew the lock', () => deps.state.renew(lease, TTL_MS))
    if (renewed.ok) [lease, sureUntil] = [renewed.value, from + TTL_MS]
    else if (renewed.failure.code === 'locked') lost = renewed.failure
  }

  async function renewing(): Promise<void> {
    for (;;) {
      await deps.clock.sleep(RENEW_MS, ended.signal)
      if (ended.signal.aborted || lost) return
      await renew()
    }
  }

  const running = renewing()
  return {
    lease: () => lease,
    mayAct: () => !lost && sureUntil - deps.clock.monotonic() > MARGIN_MS,
    lost: () => lost,
    end: async () => {
      ended.abort()
      await running
      if (!lost) await ask(deps, 'give the lock back', () => deps.state.release(lease))
    },
  }
}

function ask<T>(deps: HolderDeps, what: string, call: () => Promise<Result<T>>): Promise<Result<T>> {
  return within(deps.clock, {what, code: 'state-failed', ms: STATE_MS}, call)
}
