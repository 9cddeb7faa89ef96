import {mkdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import type {DriverConfig} from '../../../core/config/config.ts'
import {clock} from '../../clock.ts'
import {replaceFile} from '../../files.ts'
import type {BalancerPlace, OpenedBalancer} from '../place.ts'
import {haproxy} from './driver.ts'
import {fileMemory} from './memory.ts'
import {parseOptions} from './options.ts'

export async function openHaproxy(
  options: DriverConfig['options'],
  place: BalancerPlace,
): Promise<Result<OpenedBalancer>> {
  const settings = await parseOptions(options, path => readFile(path, 'utf8'))
  if (!settings.ok) return settings
  await mkdir(place.folder, {recursive: true, mode: 0o700})
  const {endpoint, dynamic, stateFile} = settings.value
  return ok({
    balancer: haproxy({
      endpoint,
      dynamic,
      clock,
      memory: backend => fileMemory(join(place.folder, `haproxy-${encodeURIComponent(backend)}.json`)),
      ...(stateFile !== undefined && {saveState: text => saveState(stateFile, text)}),
    }),
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
