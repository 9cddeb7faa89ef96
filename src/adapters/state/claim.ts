import type {Failure} from '../../core/base/failure.ts'
import {failure} from '../../core/base/failure.ts'
import type {Instant} from '../../core/base/units.ts'
import type {Claim, Lease} from '../../ports/state.ts'
import {contested} from '../../ports/state.ts'

/** The first lease in force that stands in the way, and why. Expired ones do not. */
export function refused(claim: Claim, leases: readonly Lease[], now: Instant): Failure | undefined {
  for (const lease of leases) {
    const service = lease.expiresAt > now ? contested(claim, lease) : undefined
    if (service !== undefined) return lockedBy(lease, service)
  }
  return undefined
}

function lockedBy(lease: Lease, service: string): Failure {
  const {owner} = lease
  const until = new Date(lease.expiresAt).toISOString()
  return failure('locked', {
    message:
      `${lease.environment} is held by ${owner.name} on ${owner.host} (pid ${owner.pid}) ` +
      `since ${new Date(lease.since).toISOString()}: ${lease.reason}; both concern ${service}`,
    hint: `wait for it with --lock-wait; where its holder is gone, the lock ends by itself at ${until}`,
  })
}

/** For every verb of a holder whose lease is gone. */
export function lost(lease: Lease): Failure {
  return failure('locked', {
    message: `the lock on ${lease.environment} (number ${lease.fence}) was lost: it expired or was taken over`,
    hint: 'somebody else may be acting: see `sluice rollout list`',
  })
}
