import {mkdir} from 'node:fs/promises'
import {failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import type {DriverConfig} from '../../../core/config/config.ts'
import {clock} from '../../clock.ts'
import {type OptionReader, readOptions} from '../../options.ts'
import type {BalancerPlace, OpenedBalancer} from '../place.ts'
import {nginx, type NginxSettings} from './driver.ts'

type Written = Omit<NginxSettings, 'clock'>

/** Where Debian's nginx keeps its things. */
const DEFAULTS = {
  folder: '/etc/nginx/sluice',
  sockets: '/run',
  test: ['nginx', '-t'],
  reload: ['nginx', '-s', 'reload'],
  pidFile: '/run/nginx.pid',
} as const satisfies Written

const path: OptionReader<string> = {
  read: value => (typeof value === 'string' && value !== '' ? value : undefined),
  wants: 'a path',
}

const words: OptionReader<readonly string[]> = {
  read: value =>
    Array.isArray(value) && value.length > 0 && value.every(word => typeof word === 'string') ? value : undefined,
  wants: 'a list: program and arguments',
}

const READERS = {
  folder: path,
  sockets: path,
  test: words,
  reload: words,
  pidFile: path,
  splitBy: {
    read: (value: unknown) => (typeof value === 'string' && /^\$[\w${}]+$/.test(value) ? value : undefined),
    wants: 'variables of nginx: $http_x_user, $cookie_session, $remote_addr',
  },
} satisfies {readonly [K in keyof Required<Written>]: OptionReader<Required<Written>[K]>}

export async function openNginx(
  options: DriverConfig['options'],
  {environment, file}: BalancerPlace,
): Promise<Result<OpenedBalancer>> {
  const read = readOptions<Required<Written>>(options, READERS, {
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
