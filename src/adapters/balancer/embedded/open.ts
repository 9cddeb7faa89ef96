import {dirname} from 'node:path'
import {ok, type Result} from '../../../core/base/result.ts'
import type {DriverConfig} from '../../../core/config/config.ts'
import {shipped} from '../../package.ts'
import type {BalancerPlace, OpenedBalancer} from '../place.ts'
import {embedded} from './driver.ts'
import {parseSettings} from './settings.ts'

/** The program that is started as a process of its own. */
export function balancerProgram(): readonly string[] {
  return [process.execPath, shipped('dist', 'balancer.js')]
}

/** As the registry opens it: `balancer: { driver: embedded, idle: 5m, retries: 1 }`. */
export async function openEmbedded(
  options: DriverConfig['options'],
  {file, environment, folder}: BalancerPlace,
): Promise<Result<OpenedBalancer>> {
  const settings = parseSettings(options, file, `environments.${environment}.balancer`)
  if (!settings.ok) return settings
  const balancer = embedded({folder, root: dirname(file), program: balancerProgram(), settings: settings.value})
  return ok({balancer, calls: balancer})
}
