import type {Result} from '../core/base/result.ts'
import {ok} from '../core/base/result.ts'
import type {Instant} from '../core/base/units.ts'
import type {Deps} from './deps.ts'

/** When a new rollout begins: now, and never before the newest one, since somebody may have set the clock back. */
export async function beginning(
  {state, clock}: Pick<Deps, 'state' | 'clock'>,
  environment: string,
): Promise<Result<Instant>> {
  const newest = await state.tails(environment, 1)
  return newest.ok ? ok(Math.max(clock.now(), (newest.value[0]?.startedAt ?? 0) + 1)) : newest
}
