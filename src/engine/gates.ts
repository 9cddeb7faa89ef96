import {unreachable} from '../core/base/bug.ts'
import type {Gate, Step} from '../core/plan/plan.ts'
import type {GateAnswer} from '../core/rollout/gate.ts'
import {gateId, isApproved, isOpen, isSpaced} from '../core/rollout/gate.ts'
import type {StepRecord} from '../core/rollout/record.ts'
import type {Approval} from '../core/rollout/request.ts'
import {isAbout} from '../core/rollout/request.ts'
import {askCalls, askCommand, askMatrix} from './facts.ts'
import type {Session} from './session.ts'

/** What the gates of a step come to: the records that let it pass, or what it waits for. */
export type Gated =
  | {readonly pass: readonly StepRecord[]}
  | {readonly wait: readonly string[]; readonly gates: readonly string[]}

/** Asks the gates of a step, as often as each may be asked. */
export type AskGates = (step: Step) => Promise<Gated>

export function gatekeeper(session: Session): AskGates {
  const ask = asker(session)
  return async step => {
    const asked = await Promise.all(
      step.gates.map(async gate => ({gate, id: gateId(gate), answer: await ask(step, gate)})),
    )
    const shut = asked.filter(({id, answer}) => !answer.holds && !isWaived(session, id) && !waiverOf(session, step, id))
    if (shut.length > 0)
      return {wait: shut.map(({id, answer}) => `${id}: ${answer.detail}`), gates: shut.map(({id}) => id)}
    return {pass: asked.map(({id, answer}) => passed(session, step, id, answer))}
  }
}

/** A command that said no is not run again before its interval is over. */
function asker(session: Session): (step: Step, gate: Gate) => Promise<GateAnswer> {
  const {clock} = session.deps
  const said = new Map<string, {readonly answer: GateAnswer; readonly until: number}>()
  return async (step, gate) => {
    if (gate.kind !== 'command') return ask(session, step, gate)
    const key = `${step.id} ${gateId(gate)} ${gate.command.join(' ')}`
    const known = said.get(key)
    if (known && clock.monotonic() < known.until) return known.answer
    const answer = await askCommand(session, step, gate)
    said.set(key, {answer, until: clock.monotonic() + gate.intervalMs})
    return answer
  }
}

async function ask(session: Session, step: Step, gate: Exclude<Gate, {readonly kind: 'command'}>): Promise<GateAnswer> {
  const {deps, journal} = session
  switch (gate.kind) {
    case 'contract-unused':
      return askCalls(session, gate)
    case 'matrix':
      return askMatrix(session, step)
    case 'approval':
      return isApproved(gate, step.id, journal.state().approvals)
    case 'freeze':
    case 'window':
      return isOpen(gate, deps.clock.now())
    case 'spacing':
      return isSpaced(gate, journal.state(), deps.clock.now())
    default:
      return unreachable(gate)
  }
}

function isWaived({options, journal}: Session, id: string): boolean {
  if (journal.state().undoes !== undefined) return true
  return options.waive?.some(name => name === 'all' || name === id) ?? false
}

/** Who waived the gate from another shell. */
function waiverOf({journal}: Session, step: Step, id: string): Approval | undefined {
  return journal.state().approvals.findLast(one => one.wish.waive && isAbout(one, step.id, id))
}

function passed(session: Session, step: Step, gate: string, {holds, detail, by}: GateAnswer): StepRecord {
  const base = {code: 'gate-passed', step: step.id, gate} as const
  if (holds) return {...base, how: 'held', detail, ...(by && {by})}
  const {options, journal} = session
  const {undoes} = journal.state()
  if (undoes !== undefined) return {...base, how: 'waived', detail: `what rollout ${undoes} brought goes back`}
  const waiver = waiverOf(session, step, gate) ?? {by: options.who, reason: options.reason}
  const why = waiver.reason ? ` (${waiver.reason})` : ''
  return {...base, how: 'waived', by: [waiver.by.name], detail: `waived by ${waiver.by.name}${why}, although ${detail}`}
}

/** How often a gate that does not hold is asked again. */
export const GATE_POLL_MS = 1000
