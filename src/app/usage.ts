import {dirname, resolve} from 'node:path'
import {clock} from '../adapters/clock.ts'
import type {Counting} from '../adapters/calls/counting.ts'
import type {Ingested} from '../adapters/calls/ingest.ts'
import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {DurationMs} from '../core/base/units.ts'
import type {Config, LogFormat, SunsetConfig} from '../core/config/config.ts'
import {usedOf, type UsageFilter, type Used} from '../core/usage/used.ts'
import type {HourStart} from '../core/usage/scan/dated.ts'
import {sourceName} from '../core/usage/source-name.ts'
import {type OpenUsage, type UsageAsked, watchOf, withUsage} from './usage-open.ts'

/** What is asked of the record. */
export interface UsageQuestion extends UsageAsked {
  readonly filter: UsageFilter
  /** Only calls of the last so many milliseconds. */
  readonly sinceMs?: DurationMs | undefined
}

/** Who uses what, and what the file says of the end of old versions. */
export interface UsageAnswer {
  readonly used: Used
  readonly endings: ReadonlyMap<string, ReadonlyMap<number, SunsetConfig>>
}

/** Answers from the record alone. */
export function usage(asked: UsageQuestion): Promise<Result<UsageAnswer>> {
  return withUsage(asked, open => answer(open, asked))
}

async function answer({config, record}: OpenUsage, {filter, sinceMs}: UsageQuestion): Promise<Result<UsageAnswer>> {
  const unknown = filter.contract === undefined ? undefined : unknownContract(config, filter.contract)
  if (unknown) return fail(unknown)
  const now = clock.now()
  const recorded = await record.recorded(sinceMs === undefined ? undefined : now - sinceMs)
  if (!recorded.ok) return recorded
  const endings = [...config.contracts.values()].flatMap(({name, sunset}) => (sunset ? [[name, sunset] as const] : []))
  return ok({used: usedOf(recorded.value, filter, [...config.usage.sources.keys()], now), endings: new Map(endings)})
}

/** Waits no longer for a log that will not come any more; its calls stay. */
export function forgetSource(asked: UsageAsked, source: string): Promise<Result<void>> {
  return withUsage(asked, async ({record}) => {
    const known = await record.recorded()
    if (!known.ok) return known
    const names = known.value.sources.map(({name}) => name)
    if (!names.includes(source)) {
      const hint = `logs: ${names.join(', ') || 'none'}`
      return fail(failure('not-found', {message: `there is no log ${JSON.stringify(source)} in the record`, hint}))
    }
    return record.forget(source)
  })
}

function unknownContract({contracts}: Config, name: string) {
  if (contracts.has(name)) return undefined
  const hint = `contracts: ${[...contracts.keys()].join(', ') || 'none'}`
  return failure('not-found', {message: `there is no contract ${JSON.stringify(name)}`, hint})
}

/** Which logs to read, and how. */
export interface IngestAsked extends UsageAsked {
  /** Paths; `-` is standard input. */
  readonly files: readonly string[]
  readonly source?: string | undefined
  readonly format?: LogFormat | undefined
  /** Minutes east of UTC of a clock that writes no zone; this machine's zone where it is not said. */
  readonly zoneMinutes?: number | undefined
  readonly onProgress?: (path: string, bytes: number) => void
}

/** Reads logs into the record, one after the other; a log that fails stops it, and what was read before stays. */
export function ingestLogs(asked: IngestAsked): Promise<Result<readonly Ingested[]>> {
  return withUsage(asked, async open => {
    const counting = await countingOf(asked, open)
    if (!counting.ok) return counting
    const {ingest} = await import('../adapters/calls/ingest.ts')
    const done: Ingested[] = []
    for (const path of asked.files) {
      const {name: source, format} = logOf(path, asked, open.config)
      const onProgress = (bytes: number) => asked.onProgress?.(path, bytes)
      const read = await ingest({
        path: path === '-' ? path : resolve(asked.cwd, path),
        source,
        counting: counting.value,
        record: open.record,
        clock,
        onProgress,
        ...(format ? {format} : {}),
      })
      if (!read.ok) return read
      done.push(read.value)
    }
    return ok(done)
  })
}

/** Reads every source that the file names, as far as it goes. */
export function readNow(asked: IngestAsked): Promise<Result<void>> {
  return withUsage(asked, async open => {
    const {readSources, sourcesOf} = await import('./usage-sources.ts')
    if (sourcesOf(open).length === 0) return fail(noSources())
    const counting = await countingOf(asked, open)
    if (!counting.ok) return counting
    return readSources({...open, counting: counting.value})
  })
}

function noSources() {
  return failure('usage', {
    message: 'which sources?',
    hint: 'name them in sluice.yaml: usage: { sources: { lb1: { file: /var/log/haproxy.log } } }',
  })
}

/** What to count and how to read it; refused where there is nothing to look for. */
export async function countingOf(asked: IngestAsked, open: OpenUsage): Promise<Result<Counting>> {
  const watch = await watchOf(asked, open)
  if (!watch.ok) return watch
  if (watch.value.isEmpty) return fail(nothingToLookFor())
  return ok({watch: watch.value, usage: open.config.usage, hourStart: await hourStartOf(asked.zoneMinutes)})
}

/** The name and the format of a log: what was asked for, what the file says of it, or what its path says. */
export function logOf(
  path: string,
  {source, format, cwd}: IngestAsked,
  config: Config,
): {name: string; format?: LogFormat | undefined} {
  const bare = path === '-' ? path : sourceName(resolve(cwd, path))
  const logs = [...config.usage.sources].flatMap(([name, log]) => (log.from === 'file' ? [{name, ...log}] : []))
  const named = logs.find(({file}) => sourceName(resolve(dirname(config.file), file)) === bare)
  return {name: source ?? named?.name ?? (path === '-' ? 'standard input' : bare), format: format ?? named?.format}
}

async function hourStartOf(zoneMinutes: number | undefined): Promise<HourStart> {
  if (zoneMinutes !== undefined)
    return (year, month, day, hour) => Date.UTC(year, month, day, hour) - zoneMinutes * 60_000
  return (await import('../adapters/calls/counting.ts')).localHour
}

function nothingToLookFor() {
  return failure('config-invalid', {
    message: 'no contract says how a call to it looks',
    hint: 'add to a contract something like calls: { path: "/api/v{major}/" }',
  })
}
