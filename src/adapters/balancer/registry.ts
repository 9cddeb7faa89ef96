import {failure} from '../../core/base/failure.ts'
import {fail, type Result} from '../../core/base/result.ts'
import type {DriverConfig} from '../../core/config/config.ts'
import {didYouMean} from '../../core/config/shape/nearest.ts'
import type {BalancerPlace, OpenedBalancer} from './place.ts'

/** Reads its options and answers with its verbs, or says what is wrong with them. */
type OpenBalancer = (options: DriverConfig['options'], place: BalancerPlace) => Promise<Result<OpenedBalancer>>

/** Every balancer by name. Each is loaded when it is asked for. */
const BALANCERS = {
  embedded: async (options, place) => (await import('./embedded/open.ts')).openEmbedded(options, place),
  haproxy: async (options, place) => (await import('./haproxy/open.ts')).openHaproxy(options, place),
  nginx: async (options, place) => (await import('./nginx/open.ts')).openNginx(options, place),
} as const satisfies Readonly<Record<string, OpenBalancer>>

/** What `balancer.driver` may be. */
export const BALANCER_DRIVERS: readonly string[] = Object.keys(BALANCERS)

export async function openBalancer(
  {driver, options}: DriverConfig,
  place: BalancerPlace,
): Promise<Result<OpenedBalancer>> {
  if (isKnown(driver)) return BALANCERS[driver](options, place)
  const hint = didYouMean(driver, BALANCER_DRIVERS, 'drivers')
  const message = `environment ${place.environment}: there is no balancer driver ${JSON.stringify(driver)}`
  return fail(failure('config-invalid', {message, ...(hint && {hint})}))
}

function isKnown(driver: string): driver is keyof typeof BALANCERS {
  return Object.hasOwn(BALANCERS, driver)
}
