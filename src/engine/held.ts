import type {Failure} from '../core/base/failure.ts'
import {failure} from '../core/base/failure.ts'
import type {ServiceName} from '../core/graph/system.ts'
import type {Claim, Lease} from '../ports/state.ts'
import type {Deps} from './deps.ts'

/** Who stands in the way, since when, why and until when, and over which service or contract. */
export function heldBy(neighbours: Deps['neighbours'], claim: Claim, lease: Lease): Failure {
  const {environment, rollout, owner, since, reason, expiresAt, fence} = lease
  const why = reason === '' ? '' : `: ${reason}`
  return failure('locked', {
    message:
      `${environment} is held by ${owner.name} on ${owner.host} (pid ${owner.pid}) since ${iso(since)} ` +
      `for rollout ${rollout} (lock ${fence})${why}; ${edgeText(neighbours, claim.moves, lease.moves)}`,
    hint:
      `wait for it with --lock-wait, or follow it with \`sluice rollout watch ${rollout}\`; the lock of a dead holder ends by ` +
      `itself at ${iso(expiresAt)}, or with \`sluice rollout takeover ${rollout}\``,
  })
}

function edgeText(
  neighbours: Deps['neighbours'],
  mine: readonly ServiceName[],
  theirs: readonly ServiceName[],
): string {
  const both = mine.find(service => theirs.includes(service))
  if (both !== undefined) return `both move ${both}`
  for (const service of mine) {
    for (const other of theirs) {
      const contract = neighbours.get(service)?.get(other)
      if (contract !== undefined) return `${service} and ${other} share ${contract}`
    }
  }
  return `what it moves (${theirs.join(', ')}) is not to move meanwhile`
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
