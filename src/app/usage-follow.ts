import {resolve} from 'node:path'
import {dirname} from 'node:path'
import {clock} from '../adapters/clock.ts'
import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {Config} from '../core/config/config.ts'
import {countingOf, type IngestAsked, logOf} from './usage.ts'
import {withUsage} from './usage-open.ts'

/** Which logs to read as they grow; those of `usage.sources` where none are named. */
export interface FollowAsked extends IngestAsked {
  readonly signal: AbortSignal
  readonly say: (text: string) => void
}

/** Reads logs until the signal comes. The first that fails ends them all. */
export function followLogs(asked: FollowAsked): Promise<Result<void>> {
  return withUsage(asked, async open => {
    const paths = asked.files.length > 0 ? asked.files.map(path => resolve(asked.cwd, path)) : sourcesOf(open.config)
    if (paths.length === 0) return fail(nothingToFollow())
    const counting = await countingOf(asked, open)
    if (!counting.ok) return counting
    const {follow} = await import('../adapters/calls/follow.ts')
    const stop = new AbortController()
    const signal = AbortSignal.any([asked.signal, stop.signal])
    const ended = await Promise.all(
      paths.map(async path => {
        const {name: source, format} = logOf(path, asked, open.config)
        asked.say(`following ${path} as ${source}`)
        const done = await follow({
          path,
          source,
          counting: counting.value,
          record: open.record,
          clock,
          signal,
          say: asked.say,
          ...(format ? {format} : {}),
        })
        if (!done.ok) stop.abort()
        return done
      }),
    )
    return ended.find(done => !done.ok) ?? ok(undefined)
  })
}

function sourcesOf({file, usage}: Config): readonly string[] {
  return [...usage.sources.values()].map(source => resolve(dirname(file), source.file))
}

function nothingToFollow() {
  return failure('usage', {
    message: 'which logs?',
    hint: 'name them with --ingest FILE, or in sluice.yaml under usage.sources',
  })
}
