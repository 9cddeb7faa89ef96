import {mkdir} from 'node:fs/promises'
import {failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import type {DriverConfig} from '../../../core/config/config.ts'
import {clock} from '../../clock.ts'
import {readOptions} from '../../options.ts'
import type {BalancerPlace, OpenedBalancer} from '../place.ts'
import {nginx} from './driver.ts'
import {NGINX_OPTIONS, type WrittenNginx} from './options.ts'

/** Where Debian's nginx keeps its things. */
const DEFAULTS = {
  folder: '/etc/nginx/sluice',
  sockets: '/run',
  test: ['nginx', '-t'],
  reload: ['nginx', '-s', 'reload'],
  pidFile: '/run/nginx.pid',
} as const satisfies WrittenNginx

export async function openNginx(
  options: DriverConfig['options'],
  {environment, file}: BalancerPlace,
): Promise<Result<OpenedBalancer>> {
  const read = readOptions(options, NGINX_OPTIONS, {
    driver: 'nginx',
    file,
    key: `environments.${environment}.balancer`,
  })
  if (!read.ok) return read
  const settings = {...DEFAULTS, ...read.value, clock}
  try {
    await mkdir(settings.folder, {recursive: true})
  } catch (error) {
    return fail(
      failure('config-invalid', {
        message: `environment ${environment}: the folder ${settings.folder} cannot be made: ${error instanceof Error ? error.message : String(error)}`,
        hint: 'name a folder of nginx that sluice may write in',
      }),
    )
  }
  return ok({balancer: nginx(settings)})
}
