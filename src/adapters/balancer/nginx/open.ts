import {mkdir} from 'node:fs/promises'
import {failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import type {DriverConfig} from '../../../core/config/config.ts'
import {clock} from '../../clock.ts'
import type {BalancerPlace, OpenedBalancer} from '../place.ts'
import {nginx, type NginxSettings} from './driver.ts'

const DEFAULTS = {
  folder: '/etc/nginx/sluice',
  sockets: '/run',
  test: ['nginx', '-t'],
  reload: ['nginx', '-s', 'reload'],
  pidFile: '/run/nginx.pid',
} as const

export async function openNginx(
  options: DriverConfig['options'],
  place: BalancerPlace,
): Promise<Result<OpenedBalancer>> {
  const settings: Record<string, unknown> = {...DEFAULTS}
  for (const [key, value] of Object.entries(options)) {
    if (!Object.hasOwn(DEFAULTS, key))
      return wrong(place, `nginx has no option ${JSON.stringify(key)}`, `known: ${Object.keys(DEFAULTS).join(', ')}`)
    const isList = key === 'test' || key === 'reload'
    if (isList ? !isWords(value) : typeof value !== 'string') {
      return wrong(
        place,
        `${key} of nginx is ${JSON.stringify(value)}`,
        isList ? 'write a list: program and arguments' : 'write a path',
      )
    }
    settings[key] = value
  }
  const known = settings as unknown as Omit<NginxSettings, 'clock'>
  try {
    await mkdir(known.folder, {recursive: true})
  } catch (error) {
    return wrong(
      place,
      `the folder ${known.folder} cannot be made: ${error instanceof Error ? error.message : String(error)}`,
      'name a folder of nginx that sluice may write in',
    )
  }
  return ok({balancer: nginx({...known, clock})})
}

function isWords(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every(word => typeof word === 'string')
}

function wrong(place: BalancerPlace, message: string, hint: string): Result<never> {
  return fail(failure('config-invalid', {message: `environment ${place.environment}: ${message}`, hint}))
}
