import {HEADER, REQUEST, TIME} from './bytes.ts'
import type {LogFormat, UsageConfig} from '../../config/config.ts'
import {commonFormat} from './common.ts'
import type {HourStart} from './dated.ts'
import {emptySlices, FIELD, MAX_HEADERS, type FieldName, type LineFormat} from './fields.ts'
import {haproxyFormat} from './haproxy.ts'
import {unreachable} from '../../base/bug.ts'
import {jsonFormat, TEMPLATE_KEYS} from './json.ts'
import {viewOf} from './words.ts'

/** What a format needs to know beside its name. */
export interface FormatOptions {
  readonly usage: Pick<UsageConfig, 'captures' | 'fields'>
  /** The headers that contracts look at, in lower case. */
  readonly headers: readonly string[]
  /** The clock of whoever writes times without a zone. */
  readonly hourStart: HourStart
}

export const LOG_FORMATS: readonly LogFormat[] = ['haproxy', 'json', 'common']

export function formatNamed(name: LogFormat, {usage, headers, hourStart}: FormatOptions): LineFormat {
  const slotOf = (field: string) => slotNamed(field, headers)
  switch (name) {
    case 'haproxy':
      return haproxyFormat({hourStart, captures: usage.captures.map(slotOf)})
    case 'common':
      return commonFormat(hourStart)
    case 'json':
      return jsonFormat({
        keys: keysOf(usage.fields),
        headers: headers.slice(0, MAX_HEADERS).map(name => headerKey(usage.fields, name)),
      })
    default:
      return unreachable(name)
  }
}

/** The format that most of the first lines are written in; undefined where none of them can be read. */
export function formatOf(sample: Uint8Array, options: FormatOptions): LogFormat | undefined {
  const scored = LOG_FORMATS.map(name => ({name, requests: requestsIn(sample, formatNamed(name, options))}))
  const best = scored.reduce((a, b) => (b.requests > a.requests ? b : a))
  return best.requests > 0 ? best.name : undefined
}

function requestsIn(sample: Uint8Array, format: LineFormat): number {
  const view = viewOf(sample)
  let requests = 0
  for (let start = 0, end = sample.indexOf(10); end >= 0; start = end + 1, end = sample.indexOf(10, start)) {
    const slices = emptySlices()
    const lineEnd = sample[end - 1] === 13 ? end - 1 : end
    if (format.read(sample, view, start, lineEnd, slices) !== REQUEST) continue
    if (format.instant(view, sample, slices[2 * TIME]!, slices[2 * TIME + 1]!) >= 0) requests++
  }
  return requests
}

function slotNamed(field: string, headers: readonly string[]): number {
  if (!field.startsWith('header:')) return FIELD[field as FieldName] ?? -1
  const at = headers.indexOf(field.slice('header:'.length).toLowerCase())
  return at < 0 ? -1 : HEADER + at
}

function keysOf(fields: UsageConfig['fields']): typeof TEMPLATE_KEYS {
  const own = [...fields].filter(([field]) => !field.startsWith('header:'))
  return {...TEMPLATE_KEYS, ...Object.fromEntries(own)}
}

/** The key of a header is `header_x_version` where the file names none. */
function headerKey(fields: UsageConfig['fields'], header: string): string {
  const own = [...fields].find(([field]) => field.toLowerCase() === `header:${header}`)?.[1]
  return own ?? `header_${header.replaceAll('-', '_')}`
}
