import {ok, type Result} from '../../../core/base/result.ts'
import type {DriverConfig} from '../../../core/config/config.ts'
import {shipped} from '../../package.ts'
import type {BalancerPlace, OpenedBalancer} from '../registry.ts'
import {embedded} from './driver.ts'
import {parseSettings} from './settings.ts'

/** As the registry opens it: the process runs from the built program, and lives in the environment's own folder. */
export async function openEmbedded(
  options: DriverConfig['options'],
  {folder}: BalancerPlace,
): Promise<Result<OpenedBalancer>> {
  const settings = parseSettings(options)
  if (!settings.ok) return settings
  const balancer = embedded({
    folder,
    program: [process.execPath, shipped('dist', 'balancer.js')],
    settings: settings.value,
  })
  return ok({balancer, calls: balancer})
}
