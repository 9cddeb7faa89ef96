import {dirname, resolve} from 'node:path'
import {clock} from '../adapters/clock.ts'
import {unreachable} from '../core/base/bug.ts'
import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {SourceConfig} from '../core/config/config.ts'
import {countingOf, type IngestAsked, logOf} from './usage.ts'
import {withUsage} from './usage-open.ts'
import {lookAt} from './usage-look.ts'
import {compareWith, sourcesOf, type Reading} from './usage-sources.ts'

/** What to read as it grows; the sources of the file where no logs are named. */
export interface FollowAsked extends IngestAsked {
  readonly signal: AbortSignal
  readonly say: (text: string) => void
}

/** Counters that somebody else keeps are looked at this often, and lines compared with them. */
const LOOK_MS = 5000

/** Reads logs, listens and looks at counters until the signal comes. The first log that fails ends them all. */
export function followLogs(asked: FollowAsked): Promise<Result<void>> {
  return withUsage(asked, async open => {
    const sources = asked.files.length > 0 ? named(asked, open.config) : sourcesOf(open)
    if (sources.length === 0) return fail(nothingToFollow())
    const counting = await countingOf(asked, open)
    if (!counting.ok) return counting
    const stop = new AbortController()
    const signal = AbortSignal.any([asked.signal, stop.signal])
    const reading = {...open, counting: counting.value}
    const ended = await Promise.all(
      sources.map(async ([name, source]) => {
        const done = await followOne({...asked, signal}, reading, name, source)
        if (!done.ok) stop.abort()
        return done
      }),
    )
    return ended.find(done => !done.ok) ?? ok(undefined)
  })
}

/** Logs that were named in the call, as sources. */
function named(asked: FollowAsked, config: Reading['config']): readonly (readonly [string, SourceConfig])[] {
  return asked.files.map(path => {
    const {name, format} = logOf(path, asked, config)
    return [name, {from: 'file', file: resolve(asked.cwd, path), ...(format && {format})}] as const
  })
}

async function followOne(
  {signal, say}: FollowAsked,
  reading: Reading,
  name: string,
  source: SourceConfig,
): Promise<Result<void>> {
  const {counting, record, config} = reading
  const task = {source: name, counting, record, clock, signal, say}
  switch (source.from) {
    case 'file': {
      const {follow} = await import('../adapters/calls/follow.ts')
      const path = resolve(dirname(config.file), source.file)
      say(`following ${path} as ${name}`)
      const following = follow({path, ...task, ...(source.format && {format: source.format})})
      return beside(following, {signal, say}, () => compareWith(reading, name, source))
    }
    case 'syslog': {
      const {hear} = await import('../adapters/calls/hear.ts')
      const {by, host, port} = source.listen
      say(`listening on ${by}://${host}:${port} as ${name}`)
      const hearing = hear({address: source.listen, ...task, ...(source.format && {format: source.format})})
      return beside(hearing, {signal, say}, () => compareWith(reading, name, source))
    }
    case 'table':
    case 'prometheus':
    case 'balancer':
      say(`looking at the counters of ${name}`)
      await repeated({signal, say}, () => lookAt(reading, name, source))
      return ok(undefined)
    default:
      return unreachable(source)
  }
}

/** Does the small work again and again for as long as the other goes on. */
async function beside(
  work: Promise<Result<void>>,
  {signal, say}: Pick<FollowAsked, 'signal' | 'say'>,
  small: () => Promise<Result<void>>,
): Promise<Result<void>> {
  const stop = new AbortController()
  const repeating = repeated({signal: AbortSignal.any([signal, stop.signal]), say}, small)
  const done = await work
  stop.abort()
  await repeating
  return done
}

/** A balancer that does not answer may be back soon: that is said once, and the work is tried again. */
async function repeated({signal, say}: Pick<FollowAsked, 'signal' | 'say'>, work: () => Promise<Result<void>>) {
  let said: string | undefined
  while (!signal.aborted) {
    const done = await work()
    const trouble = done.ok || done.failure.code === 'locked' ? undefined : done.failure.message
    if (trouble !== undefined && trouble !== said) say(trouble)
    said = trouble
    await clock.sleep(LOOK_MS, signal)
  }
}

function nothingToFollow() {
  return failure('usage', {
    message: 'which logs?',
    hint: 'name them with --ingest FILE, or in sluice.yaml under usage.sources',
  })
}
