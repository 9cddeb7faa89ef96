import {existsSync} from 'node:fs'
import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {Config, EnvironmentConfig} from '../core/config/config.ts'
import type {MaybeState, ServiceName} from '../core/graph/system.ts'
import {doubtful, foundStates, onlyStates} from '../core/rollout/found.ts'
import {placesOf} from './places.ts'
import {openDrivers} from './world.ts'

/**
 * What runs although there is no record of the environment: somebody has lost it, and the labels of the instances say
 * what Sluice started. Where nobody can be asked, nothing is found.
 */
export async function unrecorded(
  config: Config,
  environment: EnvironmentConfig,
  said: ReadonlyMap<ServiceName, unknown>,
): Promise<Result<ReadonlyMap<ServiceName, MaybeState>>> {
  const {name, runtime} = environment
  // Processes leave a folder behind; without it none was ever started.
  if (runtime.driver === 'process' && !existsSync(placesOf(config).runtime(name))) return ok(new Map())
  const drivers = await openDrivers(config, environment)
  const there = drivers.ok ? await drivers.value.runtime.list() : drivers
  if (!there.ok) return ok(new Map())
  const found = foundStates(there.value.filter(({service}) => config.services.has(service)))
  const unclear = doubtful(found, said)
  if (unclear.length === 0) return ok(onlyStates(found))
  const message = `there is no record of ${name}, and more than one release runs of ${unclear.join(', ')}`
  return fail(failure('halted', {message, hint: 'say which one is the present one, as with --from accounts=2.0.0'}))
}
