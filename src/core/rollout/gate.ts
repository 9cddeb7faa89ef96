import type {DurationMs, Instant} from '../base/units.ts'
import {formatDuration} from '../base/units.ts'
import type {Gate} from '../plan/plan.ts'

/** Whether a gate holds, and on what evidence, in words. */
export interface GateAnswer {
  readonly holds: boolean
  readonly detail: string
}

/** What is known of calls to one major of a contract; see the Calls port. */
export interface CallsSeen {
  readonly coveredSince?: Instant
  readonly lastSeen?: Instant
  readonly unversioned?: number
  readonly callers?: readonly string[]
  readonly uncovered?: string
}

/** `contract-unused:accounts-api@1`: how a gate is named where somebody waives it. */
export function gateId(gate: Gate): string {
  return `${gate.kind}:${gate.contract}@${gate.major}`
}

/**
 * Nobody has called the contract's major for `quietMs`, and every call of that time was counted: silence that nobody
 * listened to is no evidence.
 */
export function isUnused(gate: Gate, seen: CallsSeen, quietMs: DurationMs, now: Instant): GateAnswer {
  const name = `${gate.contract} v${gate.major}`
  const quiet = formatDuration(quietMs)
  const no = (detail: string): GateAnswer => ({holds: false, detail})
  if (seen.coveredSince === undefined) return no(`nothing counts the calls to ${name}${why(seen)}`)
  if (seen.lastSeen !== undefined && now - seen.lastSeen < quietMs) {
    return no(`${name} was called ${ago(now - seen.lastSeen)} ago${by(seen)}, and must be quiet for ${quiet}`)
  }
  if (now - seen.coveredSince < quietMs) {
    return no(
      `calls to ${name} are counted for ${ago(now - seen.coveredSince)} only, and must be for ${quiet}${why(seen)}`,
    )
  }
  if (seen.unversioned)
    return no(`${seen.unversioned} calls to ${gate.contract} name no version, and may mean v${gate.major}`)
  return {holds: true, detail: `${name} has not been called for ${quiet}`}
}

/** More names than this help nobody. */
const MOST_CALLERS = 5

function by({callers = []}: CallsSeen): string {
  if (callers.length === 0) return ''
  const more = callers.length > MOST_CALLERS ? ` and ${callers.length - MOST_CALLERS} more` : ''
  return ` by ${callers.slice(0, MOST_CALLERS).join(', ')}${more}`
}

function why({uncovered}: CallsSeen): string {
  return uncovered === undefined ? '' : `: ${uncovered}`
}

/** To the second, since nobody needs it finer. */
function ago(ms: DurationMs): string {
  return formatDuration(Math.max(0, Math.round(ms / 1000) * 1000))
}
