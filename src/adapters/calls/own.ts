import {failure} from '../../core/base/failure.ts'
import {fail, ok, type Result} from '../../core/base/result.ts'
import type {Instant} from '../../core/base/units.ts'
import type {Snapshot} from '../../core/usage/snapshot.ts'
import type {Calls} from '../../ports/balancer.ts'

/** Asks a balancer for what it has counted itself. Its counters go on after a restart. */
export async function readOwn(calls: Calls | undefined, environment: string, now: Instant): Promise<Result<Snapshot>> {
  if (!calls?.counted) return fail(countsNothing(environment))
  const counted = await calls.counted()
  if (!counted.ok) return counted
  const {since, counts} = counted.value
  if (since === undefined) return fail(nothingYet(environment))
  // A balancer that was just started again by the question counts since a little later than that.
  return ok({at: Math.max(now, since), epoch: '', since, counts})
}

function countsNothing(environment: string) {
  return failure('driver-unable', {
    message: `the balancer of ${environment} counts no calls itself`,
    hint: 'only the embedded one does: name its log, or a stick table, under usage.sources',
  })
}

function nothingYet(environment: string) {
  return failure('not-found', {
    message: `the embedded balancer of ${environment} counts no calls yet`,
    hint: 'it does once a service is behind it whose contracts say how `calls` look',
  })
}
