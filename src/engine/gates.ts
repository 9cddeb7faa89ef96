import type {Result} from '../core/base/result.ts'
import {fail} from '../core/base/result.ts'
import {failure} from '../core/base/failure.ts'
import type {Gate, Step} from '../core/plan/plan.ts'
import type {GateAnswer} from '../core/rollout/gate.ts'
import {gateId, isUnused} from '../core/rollout/gate.ts'
import type {Approval} from '../core/rollout/request.ts'
import {isAbout} from '../core/rollout/request.ts'
import type {StepRecord} from '../core/rollout/record.ts'
import type {CallEvidence} from '../ports/balancer.ts'
import {within} from './guard.ts'
import type {Session} from './session.ts'

/** What the gates of a step come to: the records that let it pass, or what it waits for. */
export type Gated = {readonly pass: readonly StepRecord[]} | {readonly wait: readonly string[]}

const QUIET_MS = 7 * 86_400_000
const ASK_MS = 10_000

export async function askGates(session: Session, step: Step): Promise<Gated> {
  const asked = await Promise.all(step.gates.map(async gate => ({gate, answer: await ask(session, gate)})))
  const shut = asked.filter(
    ({gate, answer}) => !answer.holds && !isWaived(session, gate) && !waiverOf(session, step, gate),
  )
  if (shut.length > 0) return {wait: shut.map(({answer}) => answer.detail)}
  return {pass: asked.map(({gate, answer}) => passed(session, step, gate, answer))}
}

async function ask(session: Session, gate: Gate): Promise<GateAnswer> {
  const {clock, quietMs} = session.deps
  const evidence = await within(clock, {what: `who calls ${gate.contract}`, code: 'balancer-failed', ms: ASK_MS}, () =>
    evidenceFor(session, gate),
  )
  if (!evidence.ok) return {holds: false, detail: evidence.failure.message}
  return isUnused(gate, evidence.value, quietMs.get(gate.contract) ?? QUIET_MS, clock.now())
}

async function evidenceFor({deps}: Session, gate: Gate): Promise<Result<CallEvidence>> {
  const {calls} = deps
  if (calls) return calls.evidence(gate.contract, gate.major)
  const message = `nothing counts the calls to ${gate.contract} v${gate.major}`
  return fail(failure('waiting', {message, hint: `waive it with --waive ${gateId(gate)}`}))
}

function isWaived({options, journal}: Session, gate: Gate): boolean {
  if (journal.state().undoes !== undefined) return true
  return options.waive?.some(name => name === 'all' || name === gateId(gate)) ?? false
}

/** Who waived the gate from another shell. */
function waiverOf({journal}: Session, step: Step, gate: Gate): Approval | undefined {
  return journal.state().approvals.findLast(one => one.wish.waive && isAbout(one, step.id, gateId(gate)))
}

function passed(session: Session, step: Step, gate: Gate, answer: GateAnswer): StepRecord {
  const base = {code: 'gate-passed', step: step.id, gate: gateId(gate)} as const
  if (answer.holds) return {...base, how: 'held', detail: answer.detail}
  const {undoes} = session.journal.state()
  if (undoes !== undefined) return {...base, how: 'waived', detail: `what rollout ${undoes} brought goes back`}
  const {by} = waiverOf(session, step, gate) ?? {by: session.options.who}
  return {...base, how: 'waived', detail: `waived by ${by.name}, although ${answer.detail}`}
}

/** How often a gate that does not hold is asked again. */
export const GATE_POLL_MS = 1000
