import {clock} from '../adapters/clock.ts'
import type {Percent} from '../core/base/units.ts'
import type {ServiceName} from '../core/graph/system.ts'
import {sampleShares, type Sampled} from '../engine/shares.ts'
import type {Drivers} from './world.ts'

/** For how long requests are counted for a measured share. */
const SAMPLE_MS = 1000

/** Shares that the balancer's counters amount to, as far as they are known by now; the same map as long as none is new. */
export type Measuring = (sampled: readonly Sampled[]) => ReadonlyMap<ServiceName, Percent>

/** Counting takes a while, so it goes on beside, and the last answer is taken. */
export function measuring(drivers: Pick<Drivers, 'balancer'> | undefined): Measuring {
  let known: ReadonlyMap<ServiceName, Percent> = new Map()
  let isBusy = false
  const count = async (balancer: Drivers['balancer'], sampled: readonly Sampled[]) => {
    const seen = await sampleShares({balancer, clock}, sampled, SAMPLE_MS)
    if (!isSame(known, seen)) known = seen
  }
  return sampled => {
    if (!isBusy && drivers && sampled.length > 0) {
      isBusy = true
      void count(drivers.balancer, sampled).finally(() => {
        isBusy = false
      })
    }
    return known
  }
}

function isSame(a: ReadonlyMap<ServiceName, Percent>, b: ReadonlyMap<ServiceName, Percent>): boolean {
  return a.size === b.size && [...a].every(([service, share]) => b.get(service) === share)
}
