import {isoOf} from '../core/base/units.ts'
import type {Deps} from './deps.ts'
import type {Told} from './holder.ts'

/** Tells whoever follows the rollout that its record cannot be reached: in a long bake nobody would notice until the next write. */
export function recordTold({emit, clock}: Pick<Deps, 'emit' | 'clock'>, rollout: string): Told {
  return ({since, why}) => {
    const happened = {at: clock.now(), rollout, since: isoOf(since)}
    emit(why ? {...happened, code: 'record-away', message: why.message} : {...happened, code: 'record-back'})
  }
}
