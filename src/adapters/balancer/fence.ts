import {failure} from '../../core/base/failure.ts'
import {fail, ok, type Result} from '../../core/base/result.ts'
import type {RoutedService} from '../../ports/balancer.ts'

/**
 * The number to keep from now on: the highest that was seen for this service. Whoever comes with a lower one held the
 * environment once, and does so no more. Who comes without a number only looks, or is no rollout.
 */
export function newestFence(service: Pick<RoutedService, 'name' | 'fence'>, seen: number): Result<number> {
  const {name, fence = seen} = service
  if (fence >= seen) return ok(fence)
  return fail(
    failure('locked', {
      message: `the balancer has been told of ${name} by a later holder of the environment (number ${seen}); number ${fence} moves nothing any more`,
      hint: '`sluice rollout list` shows what goes on now',
    }),
  )
}
