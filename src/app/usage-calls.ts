import {ok, type Result} from '../core/base/result.ts'
import type {Config, EnvironmentConfig} from '../core/config/config.ts'
import type {ContractName, ServiceName} from '../core/config/facts.ts'
import type {Calls} from '../ports/balancer.ts'
import type {UsageRecord} from '../adapters/calls/record/record.ts'
import {recordedCallsIn, usageRecordOf, watchFrom} from './usage-open.ts'

/** Where the gates of a rollout learn who still calls. */
export interface CallsAsked {
  readonly config: Config
  readonly environment: EnvironmentConfig
  readonly servers: ReadonlyMap<ContractName, readonly ServiceName[]>
  /** What the balancer counts itself, where it does. */
  readonly own: Calls | undefined
}

/**
 * What tells the gates of a rollout who still calls. A balancer that counts calls itself is believed, unless the file
 * names sources: then both have to agree that a version is unused. A balancer that does not count leaves it to them.
 * The sources are read before each answer, so a rollout that waits goes on by itself.
 */
export function callsIn(asked: CallsAsked): Calls {
  const {config, environment, own} = asked
  if (own && config.usage.sources.size === 0) return own
  return {
    async evidence(contract, major) {
      // Opened for each question, since a rollout waits for days and others write meanwhile.
      const record = await usageRecordOf(config, environment.name)
      try {
        const read = await readUp(asked, record)
        if (!read.ok) return read
        const calls = await recordedCallsIn(config, record)
        if (!own) return await calls.evidence(contract, major)
        const {strictest} = await import('../adapters/calls/evidence.ts')
        return strictest(await calls.evidence(contract, major), await own.evidence(contract, major))
      } finally {
        await record.close()
      }
    },
  }
}

async function readUp({config, environment, servers}: CallsAsked, record: UsageRecord): Promise<Result<void>> {
  const watch = watchFrom(config, environment, servers)
  if (config.usage.sources.size === 0 || watch.isEmpty) return ok(undefined)
  const {localHour} = await import('../adapters/calls/counting.ts')
  const {readSources} = await import('./usage-sources.ts')
  return readSources({config, environment, counting: {watch, usage: config.usage, hourStart: localHour}, record})
}
