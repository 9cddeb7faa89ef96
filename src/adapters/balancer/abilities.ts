import type {Counting} from '../../core/rollout/measurable.ts'
import type {Ability} from '../../ports/balancer.ts'

/** What each driver is able to do, for whoever plans and opens none. */
export const ABILITIES = {
  embedded: new Set<Ability>(['weight', 'counters', 'latency', 'calls', 'brownout', 'seamless']),
  haproxy: new Set<Ability>(['weight', 'counters', 'seamless']),
  nginx: new Set<Ability>(['weight']),
} as const satisfies Readonly<Record<string, ReadonlySet<Ability>>>

/** What a driver counts; nothing for one that nobody knows. */
export function countingOf(driver: string): Counting {
  const can: ReadonlySet<Ability> = isKnown(driver) ? ABILITIES[driver] : new Set()
  return {requests: can.has('counters'), latency: can.has('latency')}
}

function isKnown(driver: string): driver is keyof typeof ABILITIES {
  return Object.hasOwn(ABILITIES, driver)
}
