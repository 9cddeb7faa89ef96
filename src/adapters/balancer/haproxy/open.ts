import {mkdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import type {DriverConfig} from '../../../core/config/config.ts'
import {clock} from '../../clock.ts'
import {replaceFile} from '../../files.ts'
import type {BalancerPlace, OpenedBalancer} from '../place.ts'
import {withBrownouts} from './brownouts.ts'
import {haproxy} from './driver.ts'
import {fileMemory} from './memory.ts'
import {haproxyByMap} from './map-driver.ts'
import {parseOptions} from './options.ts'
import {splitMap} from './split-map.ts'

export async function openHaproxy(
  options: DriverConfig['options'],
  place: BalancerPlace,
): Promise<Result<OpenedBalancer>> {
  const settings = await parseOptions(options, place, path => readFile(path, 'utf8'))
  if (!settings.ok) return settings
  await mkdir(place.folder, {recursive: true, mode: 0o700})
  const {endpoint, dynamic, stateFile, map, brownouts} = settings.value
  const kind = map === undefined ? 'haproxy' : 'haproxy-map'
  const own = {
    endpoint,
    dynamic,
    clock,
    memory: (backend: string) => fileMemory(join(place.folder, `${kind}-${encodeURIComponent(backend)}.json`)),
    ...(stateFile !== undefined && {saveState: (text: string) => saveState(stateFile, text)}),
  }
  const balancer = map === undefined ? haproxy(own) : haproxyByMap({...own, map: splitMap(endpoint, map)})
  return ok({
    balancer: brownouts === undefined ? balancer : withBrownouts(balancer, splitMap(endpoint, brownouts), clock),
  })
}

async function saveState(path: string, text: string): Promise<Result<void>> {
  try {
    await replaceFile(path, text, 0o644)
    return ok(undefined)
  } catch (error) {
    return fail(
      failure('balancer-failed', {
        message: `the state file ${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
        hint: 'a reload of HAProxy would forget the shares; let sluice write there, or leave stateFile out',
      }),
    )
  }
}
