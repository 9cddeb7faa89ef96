import type {DurationMs, Instant} from '../base/units.ts'
import {formatDuration} from '../base/units.ts'
import {unreachable} from '../base/bug.ts'
import type {GateConfig} from '../config/config.ts'
import type {ContractUnused, Gate, StepId} from '../plan/plan.ts'
import type {Approval} from './request.ts'
import {isAbout} from './request.ts'
import type {RolloutState} from './rollout-state.ts'
import {isWithin, spanText} from './span.ts'

/** Whether a gate holds, and on what evidence, in words. */
export interface GateAnswer {
  readonly holds: boolean
  readonly detail: string
  /** Who said so, where people did. */
  readonly by?: readonly string[]
}

/** What is known of calls to one major of a contract; see the Calls port. */
export interface CallsSeen {
  readonly coveredSince?: Instant
  readonly lastSeen?: Instant
  readonly unversioned?: number
  readonly unversionedSeen?: Instant
  readonly callers?: readonly string[]
  readonly uncovered?: string
}

/** `contract-unused:accounts-api@1`, `freeze:holidays`: how a gate is named where somebody waives it. */
export function gateId(gate: Gate): string {
  if (gate.kind === 'contract-unused') return `${gate.kind}:${gate.contract}@${gate.major}`
  return gate.name === undefined ? gate.kind : `${gate.kind}:${gate.name}`
}

type Of<Kind extends GateConfig['kind']> = Extract<GateConfig, {readonly kind: Kind}>

/** Enough of those who may have said yes, to this step or to all of them. */
export function isApproved(gate: Of<'approval'>, step: StepId, approvals: readonly Approval[]): GateAnswer {
  const given = approvals.filter(one => !one.wish.waive && isAbout(one, step, gateId(gate)))
  const byName = new Map(given.filter(({by}) => mayApprove(gate, by.name)).map(one => [one.by.name, one]))
  const by = [...byName.keys()]
  const said = [...byName.values()].map(saidBy)
  if (by.length >= gate.count) return {holds: true, by, detail: `approved by ${said.join(', ')}`}
  const so = said.length > 0 ? `, and so far ${said.join(', ')} did` : ''
  const who = gate.count === gate.by.length ? gate.by.join(', ') : `${gate.count} of ${gate.by.join(', ')}`
  return {holds: false, detail: `${who} must approve${so}`}
}

function saidBy({by, reason}: Approval): string {
  return reason === undefined ? by.name : `${by.name} (${reason})`
}

export function mayApprove({by}: Of<'approval'>, name: string): boolean {
  return by.includes(name)
}

/** A step may begin now, as far as the calendar says. */
export function isOpen(gate: Of<'freeze' | 'window'>, now: Instant): GateAnswer {
  const isNow = isWithin(gate.during, gate.timezone, now)
  const when = `${spanText(gate.during, gate.timezone)}${gate.reason === undefined ? '' : ` (${gate.reason})`}`
  if (gate.kind === 'window') return {holds: isNow, detail: isNow ? `within ${when}` : `steps begin only ${when}`}
  return {holds: !isNow, detail: isNow ? `no step begins ${when}` : `outside of ${when}`}
}

/** Long enough after the last step that has ended. */
export function isSpaced({ms}: Of<'spacing'>, {steps}: RolloutState, now: Instant): GateAnswer {
  const last = Math.max(...[...steps.values()].map(({endedAt = -Infinity}) => endedAt))
  const holds = now - last >= ms
  if (last === -Infinity) return {holds, detail: 'no step has ended yet'}
  return {holds, detail: `the last step ended ${ago(now - last)} ago, and ${formatDuration(ms)} must be between steps`}
}

/** A gate in words, before anything is known of it. */
export function gateText(gate: Gate): string {
  switch (gate.kind) {
    case 'contract-unused':
      return `no more calls of ${gate.contract} ${gate.major}.x`
    case 'approval':
      return `approved by ${gate.count === gate.by.length ? '' : `${gate.count} of `}${gate.by.join(', ')}`
    case 'freeze':
    case 'window':
      return `${gate.kind === 'freeze' ? 'not ' : ''}${spanText(gate.during, gate.timezone)}`
    case 'command':
      return `${gate.command.join(' ')} ends well`
    case 'spacing':
      return `${formatDuration(gate.ms)} after the step before`
    case 'matrix':
      return 'its test matrix is green'
    default:
      return unreachable(gate)
  }
}

/**
 * Nobody has called the contract's major for `quietMs`, and every call of that time was counted: silence that nobody
 * listened to is no evidence.
 */
export function isUnused(gate: ContractUnused, seen: CallsSeen, quietMs: DurationMs, now: Instant): GateAnswer {
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
  if (seen.unversioned && now - (seen.unversionedSeen ?? now) < quietMs)
    return no(`${unversioned(seen.unversioned, gate)}, and may mean v${gate.major}`)
  return {holds: true, detail: `${name} has not been called for ${quiet}`}
}

function unversioned(calls: number, {contract}: ContractUnused): string {
  return calls === 1 ? `1 call to ${contract} names no version` : `${calls} calls to ${contract} name no version`
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

/** Two answers that wait for the same, but for how long ago something was, and how often. */
export function isSameWait(a: string, b: string): boolean {
  const timeless = (detail: string) => detail.replaceAll(/\b\d+(?:ms|s|m|h|d|(?= calls?\b))/g, '')
  return timeless(a) === timeless(b)
}
