import {DEFAULT_SETTINGS} from '../settings.ts'
import {parseAddress} from './address.ts'
import type {Table} from './table.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * The first thing in a kept table that the process would never have written: what somebody has put there by hand may be of
 * any kind, and is found out here, and not when a timer is set with it.
 */
export function oddIn(kept: Partial<Record<keyof Table, unknown>>): string | undefined {
  if (!Array.isArray(kept.services)) return 'services'
  for (const [index, service] of kept.services.entries()) {
    const odd = isFields(service) ? oddInService(service) : 'service'
    if (odd !== undefined) return `services[${index}]: ${odd}`
  }
  if (!isRecordOf(kept.fences, Number.isSafeInteger)) return 'fences'
  return isRecordOf(kept.gone, Array.isArray) ? undefined : 'gone'
}

function oddInService({name, listen, settings, calls, pools}: Fields): string | undefined {
  if (typeof name !== 'string') return 'name'
  if (!isAddress(listen)) return 'listen'
  const given = isFields(settings) ? settings : {}
  const setting = Object.keys(DEFAULT_SETTINGS).find(key => !isCount(given[key]))
  if (setting !== undefined) return `settings.${setting} is ${JSON.stringify(given[setting])}`
  if (!Array.isArray(calls)) return 'calls'
  return Array.isArray(pools) && pools.every(isPool) ? undefined : 'pools'
}

function isPool(pool: unknown): boolean {
  if (!isFields(pool)) return false
  const {id, addresses, share} = pool
  const isShare = typeof share === 'number' && share >= 0 && share <= 100
  return typeof id === 'string' && isShare && Array.isArray(addresses) && addresses.every(isAddress)
}

function isAddress(value: unknown): boolean {
  return typeof value === 'string' && parseAddress(value) !== undefined
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isRecordOf(value: unknown, isOne: (value: unknown) => boolean): boolean {
  return value === undefined || (isFields(value) && Object.values(value).every(isOne))
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
