import {failure} from '../../core/base/failure.ts'
import {fail, type Result} from '../../core/base/result.ts'
import type {DriverConfig} from '../../core/config/config.ts'
import {didYouMean} from '../../core/config/shape/nearest.ts'
import type {Runtime} from '../../ports/runtime.ts'
import type {RuntimePlace} from './place.ts'

/** Reads its options and answers with its verbs, or says what is wrong with them. */
type OpenRuntime = (options: DriverConfig['options'], place: RuntimePlace) => Promise<Result<Runtime>>

/** Every runtime by name. Each is loaded when it is asked for. */
const RUNTIMES = {
  process: async (options, place) => (await import('./process.ts')).openProcessRuntime(options, place),
  docker: async (options, place) => (await import('./docker/driver.ts')).openDockerRuntime(options, place),
  swarm: async (options, place) => (await import('./swarm/driver.ts')).openSwarmRuntime(options, place),
  command: async (options, place) => (await import('./command/driver.ts')).openCommandRuntime(options, place),
} as const satisfies Readonly<Record<string, OpenRuntime>>

/** What `runtime.driver` may be. */
export const RUNTIME_DRIVERS: readonly string[] = Object.keys(RUNTIMES)

export async function openRuntime({driver, options}: DriverConfig, place: RuntimePlace): Promise<Result<Runtime>> {
  if (isKnown(driver)) return RUNTIMES[driver](options, place)
  const hint = didYouMean(driver, RUNTIME_DRIVERS, 'drivers')
  const message = `environment ${place.environment}: there is no runtime driver ${JSON.stringify(driver)}`
  return fail(failure('config-invalid', {message, ...(hint && {hint})}))
}

function isKnown(driver: string): driver is keyof typeof RUNTIMES {
  return Object.hasOwn(RUNTIMES, driver)
}
