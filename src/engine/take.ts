import type {Failure} from '../core/base/failure.ts'
import type {Result} from '../core/base/result.ts'
import {fail, ok} from '../core/base/result.ts'
import type {DurationMs, Instant} from '../core/base/units.ts'
import type {Claim, Lease} from '../ports/state.ts'
import {contested} from '../ports/state.ts'
import type {Deps, Options} from './deps.ts'
import {within} from './guard.ts'
import {heldBy} from './held.ts'

export type HolderDeps = Pick<Deps, 'state' | 'clock' | 'holders'>
type TakerDeps = HolderDeps & Pick<Deps, 'neighbours'>

/** What is asked for; how long it lasts and whom it is taken from is settled here. */
export type Wanted = Omit<Claim, 'ttlMs' | 'takeover'>

/** A lease, and when it was asked for on the clock that does not jump: it lasts at least from then on. */
export interface Taken {
  readonly lease: Lease
  readonly asked: DurationMs
}

export const TTL_MS: DurationMs = 30_000
const RETRY_MS: DurationMs = 500
/** A call of a driver that began before takes no longer. */
const QUIET_MS: DurationMs = 12_000
const STATE_MS: DurationMs = 8_000

/**
 * Takes the lease; where somebody else has it, asks again for `waitMs`. One whose holder is known to be dead, or that
 * was not renewed for longer than it lasts while we looked on, is taken over by its number, so that two who find the
 * same one cannot both succeed. The looking on makes it safe to set the clock on the wall.
 */
export async function take(
  deps: TakerDeps,
  wanted: Wanted,
  {lockWaitMs: waitMs = 0, pause: signal, takeover}: Pick<Options, 'lockWaitMs' | 'pause' | 'takeover'>,
  awaiting: (why: Failure) => void,
): Promise<Result<Taken>> {
  const {clock} = deps
  const claim = {...wanted, ttlMs: TTL_MS}
  if (takeover !== undefined) return takeFrom(deps, claim, takeover)
  const isAbandoned = onlooker(deps)
  const began = clock.monotonic()
  for (let first = true; ; first = false) {
    const asked = clock.monotonic()
    const lease = await acquire(deps, claim, isAbandoned)
    if (lease.ok) return ok({lease: lease.value, asked})
    const over = clock.monotonic() - began >= waitMs || signal?.aborted
    if (lease.failure.code !== 'locked' || over) return lease
    if (first) awaiting(lease.failure)
    await clock.sleep(RETRY_MS, signal)
  }
}

/**
 * Takes a lease away from its holder, on somebody's word. The holder can write nothing from then on; what it has begun
 * before may still come about, so nothing else begins until it has had its time.
 */
async function takeFrom(deps: HolderDeps, claim: Claim, fence: number): Promise<Result<Taken>> {
  const {clock, state, holders} = deps
  const leases = await ask(deps, 'see who holds the lock', () => state.leases(claim.environment))
  if (!leases.ok) return leases
  const before = leases.value.find(held => held.fence === fence)
  const asked = clock.monotonic()
  const lease = await ask(deps, 'take the lock over', () => state.acquire({...claim, takeover: fence}))
  if (!lease.ok) return lease
  if (before && !(holders?.isGone(before.owner) ?? false)) await clock.sleep(QUIET_MS)
  return ok({lease: lease.value, asked})
}

async function acquire(deps: TakerDeps, claim: Claim, isAbandoned: (lease: Lease) => boolean): Promise<Result<Lease>> {
  const lease = await ask(deps, 'take the lock', () => deps.state.acquire(claim))
  if (lease.ok || lease.failure.code !== 'locked') return lease
  const leases = await ask(deps, 'see who holds the lock', () => deps.state.leases(claim.environment))
  if (!leases.ok) return leases
  const inTheWay = leases.value.filter(held => contested(claim, held) !== undefined)
  const abandoned = inTheWay.find(isAbandoned)
  const [first] = inTheWay
  if (!abandoned) return first ? fail(heldBy(deps.neighbours, claim, first)) : lease
  return ask(deps, 'take the lock over', () => deps.state.acquire({...claim, takeover: abandoned.fence}))
}

/** Remembers for how long each lease has not been renewed, on the clock that does not jump. */
function onlooker({clock, holders}: HolderDeps): (lease: Lease) => boolean {
  const seen = new Map<number, {readonly expiresAt: Instant; readonly since: DurationMs}>()
  return ({fence, expiresAt, owner}) => {
    const before = seen.get(fence)
    if (before?.expiresAt !== expiresAt) seen.set(fence, {expiresAt, since: clock.monotonic()})
    const unchangedMs = clock.monotonic() - (seen.get(fence)?.since ?? clock.monotonic())
    return unchangedMs > TTL_MS || (holders?.isGone(owner) ?? false)
  }
}

/** Asks the state about the lease, and does not wait for ever. */
export function ask<T>(deps: HolderDeps, what: string, call: () => Promise<Result<T>>): Promise<Result<T>> {
  return within(deps.clock, {what, code: 'state-failed', ms: STATE_MS}, call)
}
