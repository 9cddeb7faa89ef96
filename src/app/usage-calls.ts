import type {Config} from '../core/config/config.ts'
import type {Calls} from '../ports/balancer.ts'
import {recordedCallsOf} from './usage-open.ts'

/**
 * What tells the gates of a rollout who still calls. A balancer that counts calls itself is believed, unless the file
 * names logs: then both have to agree that a version is unused. A balancer that does not count leaves it to the logs.
 */
export function callsIn(config: Config, environment: string, own: Calls | undefined): Calls {
  if (own && config.usage.sources.size === 0) return own
  return {
    async evidence(contract, major) {
      // Opened for each question, since a rollout waits for days and others write meanwhile.
      const {calls, close} = await recordedCallsOf(config, environment)
      try {
        if (!own) return await calls.evidence(contract, major)
        const {strictest} = await import('../adapters/calls/evidence.ts')
        return strictest(await calls.evidence(contract, major), await own.evidence(contract, major))
      } finally {
        await close()
      }
    },
  }
}
