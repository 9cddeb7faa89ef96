import type {Failure} from '../core/base/failure.ts'
import {failure} from '../core/base/failure.ts'
import {poolIdOf} from '../core/rollout/pool.ts'
import type {Rollout} from '../ports/state.ts'
import {touchedBy} from './claim.ts'
import type {Deps} from './deps.ts'
import {isAwaited} from './standing.ts'

/**
 * Why a rollout may not go forward any more: a later one has moved one of its services since, or one that shares a
 * contract with them, so that its plan was made for another world.
 */
export async function stale(deps: Pick<Deps, 'state' | 'neighbours'>, rollout: Rollout): Promise<Failure | undefined> {
  const kept = await deps.state.kept(rollout.environment)
  if (!kept.ok) return kept.failure
  const {touches} = touchedBy(deps, rollout.plan)
  const later = kept.value.find(
    one => touches.includes(one.service) && one.rollout > rollout.id && !isAwaited(rollout, one.service, one.state),
  )
  if (!later) return undefined
  const now = later.state === null ? 'nothing' : poolIdOf(later.state)
  return failure('plan-stale', {
    message: `rollout ${rollout.id} is of the past: rollout ${later.rollout} has brought ${later.service} to ${now} since`,
    hint: `plan again with \`sluice apply\`; \`sluice rollout abort ${rollout.id}\` closes the old one`,
  })
}
