import type {Percent} from '../base/units.ts'
import type {Allowance, RolloutConfig} from './config.ts'

/** How many instances run, and how many of them have to be well, while a service moves. */
export type Redundancy = Pick<RolloutConfig, 'surge' | 'maxUnavailable' | 'leastHealthy'>

/** How many instances of `next` a share needs: all of them, or its part of them, rounded up. */
export function sizeFor(share: Percent, replicas: number, {surge, leastHealthy}: Redundancy): number {
  if (surge === 'full') return replicas
  return Math.min(replicas, Math.max(leastHealthy, Math.ceil((replicas * share) / 100)))
}

/** How many of so many instances may be missing or ill. There is always one that is well. */
export function spareOf(wanted: number, {maxUnavailable, leastHealthy}: Redundancy): number {
  return Math.max(0, Math.min(countOf(maxUnavailable, wanted), wanted - leastHealthy))
}

function countOf(allowance: Allowance, wanted: number): number {
  return 'count' in allowance ? allowance.count : Math.floor((wanted * allowance.percent) / 100)
}
