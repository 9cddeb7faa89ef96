import type {Plan, StepId} from '../plan/plan.ts'
import {gateId, gateText, mayApprove} from './gate.ts'
import type {RolloutShown} from './show.ts'

/** An approval that a step waits for. */
export interface Answerable {
  readonly step: StepId
  readonly gate: string
  /** What the gate asks for. */
  readonly text: string
}

/** The approvals that a rollout waits for and that this person may give. */
export function answerableBy(plan: Plan, {steps}: Pick<RolloutShown, 'steps'>, name: string): readonly Answerable[] {
  const awaited = new Map(steps.map(({id, waitsFor}) => [id, waitsFor]))
  return plan.steps.flatMap(({id, gates}) =>
    gates.flatMap(gate => {
      const isAwaited = awaited.get(id)?.some(text => text.startsWith(`${gateId(gate)}: `))
      if (gate.kind !== 'approval' || !isAwaited || !mayApprove(gate, name)) return []
      return [{step: id, gate: gateId(gate), text: gateText(gate)}]
    }),
  )
}
