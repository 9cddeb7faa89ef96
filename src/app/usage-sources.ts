import {readdir, stat} from 'node:fs/promises'
import {basename, dirname, join, resolve} from 'node:path'
import {clock} from '../adapters/clock.ts'
import type {Counting} from '../adapters/calls/counting.ts'
import type {UsageRecord} from '../adapters/calls/record/record.ts'
import {unreachable} from '../core/base/bug.ts'
import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {Instant} from '../core/base/units.ts'
import type {Config, CounterConfig, EnvironmentConfig, SourceConfig} from '../core/config/config.ts'
import {sourceName} from '../core/usage/source-name.ts'
import {lookAt, socketPath} from './usage-look.ts'

/** What reading the sources of a file needs. */
export interface Reading {
  readonly config: Config
  readonly environment: EnvironmentConfig
  readonly counting: Counting
  readonly record: UsageRecord
}

/** The sources of the file; where it names none, the balancer's own counters, if it has any. */
export function sourcesOf({
  config,
  environment,
}: Pick<Reading, 'config' | 'environment'>): readonly (readonly [string, SourceConfig])[] {
  if (config.usage.sources.size > 0) return [...config.usage.sources]
  return environment.balancer.driver === 'embedded' ? [['embedded', {from: 'balancer'}]] : []
}

/**
 * Reads every source that the file names as far as it goes, those that can be read at any time: a listener hears only
 * while it listens. What somebody else is reading just now is left to them.
 */
export async function readSources(reading: Reading): Promise<Result<void>> {
  for (const [name, source] of sourcesOf(reading)) {
    const done = await readSource(reading, name, source)
    if (!done.ok && done.failure.code !== 'locked') return done
  }
  return ok(undefined)
}

async function readSource(reading: Reading, name: string, source: SourceConfig): Promise<Result<void>> {
  switch (source.from) {
    case 'file':
      return readLog(reading, name, source)
    case 'table':
    case 'prometheus':
    case 'balancer':
      return lookAt(reading, name, source)
    case 'syslog':
      return heardLately(reading, name, source)
    default:
      return unreachable(source)
  }
}

/** A listener hears only while `sluice usage --follow` runs. */
const LATELY_MS = 30_000

async function heardLately({record}: Reading, name: string, source: SyslogSource): Promise<Result<void>> {
  const until = await readUntil(record, name)
  if (!until.ok) return until
  const compared = source.counter ? await comparedUntil(record, name) : ok(clock.now())
  if (!compared.ok) return compared
  const at = Math.min(until.value ?? 0, compared.value ?? 0)
  if (clock.now() - at < LATELY_MS) return ok(undefined)
  const why = until.value === at || at === 0 ? 'nobody listens to' : "nobody compares with the balancer's counter"
  return fail(failure('waiting', {message: `${why} ${name}`, hint: 'keep `sluice usage --follow` running'}))
}

async function comparedUntil(record: UsageRecord, name: string): Promise<Result<Instant | undefined>> {
  const {comparedAt} = await import('../adapters/calls/compare.ts')
  return comparedAt(record, name)
}

type SyslogSource = Extract<SourceConfig, {readonly from: 'syslog'}>

/** Compares the lines of a log with its balancer's own counter, where the file names one. */
export async function compareWith(
  {config, record}: Reading,
  source: string,
  {counter}: {readonly counter?: CounterConfig},
): Promise<Result<void>> {
  if (!counter) return ok(undefined)
  const {compareLines} = await import('../adapters/calls/compare.ts')
  const haproxy = await socketPath(counter.haproxy, config.file)
  return compareLines({source, counter: {...counter, haproxy}, record, clock})
}

async function readLog(
  reading: Reading,
  source: string,
  log: Extract<SourceConfig, {readonly from: 'file'}>,
): Promise<Result<void>> {
  const {config, counting, record} = reading
  const {file, format} = log
  const {ingest} = await import('../adapters/calls/ingest.ts')
  const path = resolve(dirname(config.file), file)
  const until = await readUntil(record, source)
  if (!until.ok) return until
  const older = until.value === undefined ? [] : await olderParts(path, until.value)
  for (const part of [...older, path]) {
    const done = await ingest({path: part, source, counting, record, clock, ...(format && {format})})
    if (!done.ok) return done
  }
  return compareWith(reading, source, log)
}

async function readUntil(record: UsageRecord, source: string): Promise<Result<Instant | undefined>> {
  const known = await record.recorded(clock.now())
  if (!known.ok) return known
  const stretches = known.value.sources.find(({name}) => name === source)?.stretches ?? []
  return ok(stretches.length === 0 ? undefined : Math.max(...stretches.map(({to}) => to)))
}

/** The parts of a log that were rotated away, and written to since it was read last; the oldest first. */
async function olderParts(path: string, since: Instant): Promise<readonly string[]> {
  const folder = dirname(path)
  const names = await readdir(folder).catch(() => [])
  const parts = names.filter(name => name !== basename(path) && sourceName(join(folder, name)) === path)
  const dated = await Promise.all(
    parts.map(async name => ({path: join(folder, name), at: (await stat(join(folder, name))).mtimeMs})),
  )
  return dated
    .filter(({at}) => at > since)
    .sort((a, b) => a.at - b.at)
    .map(part => part.path)
}
