import {unreachable} from '../base/bug.ts'
import type {Failure} from '../base/failure.ts'
import {failure} from '../base/failure.ts'
import type {Gate, Plan, Step, StepId} from '../plan/plan.ts'
import {gateId, mayApprove} from './gate.ts'
import type {Request, Wish} from './request.ts'
import type {RolloutState} from './rollout-state.ts'
import {hasEnded} from './rollout-state.ts'

/**
 * Why a request is not done; undefined where it is.
 * @param isOld it was left before whoever hears it began: what concerned the moment is past
 */
export function refusal(plan: Plan, state: RolloutState, request: Request, isOld: boolean): Failure | undefined {
  const {wish} = request
  const unknown = 'step' in wish ? unknownStep(plan, wish.step) : undefined
  if (unknown) return unknown
  if (wish.do !== 'retry' && wish.do !== 'forgive' && hasEnded(state))
    return no(`the rollout has ended: ${state.phase}`)
  switch (wish.do) {
    case 'pause':
      return isOld ? no('nobody carried the rollout out when it was asked') : undefined
    case 'promote':
      return isOld ? no('nobody carried the rollout out when it was asked') : unpromotable(plan, state, wish)
    case 'retry':
      return unretryable(plan, state, wish.step)
    case 'approve':
      return wish.waive ? undefined : unapprovable(plan, request, wish)
    case 'resume':
    case 'abort':
    case 'forgive':
      return undefined
    default:
      return unreachable(wish)
  }
}

function unknownStep(plan: Plan, id: StepId | undefined): Failure | undefined {
  if (id === undefined || plan.steps.some(step => step.id === id)) return undefined
  const known = plan.steps.map(step => step.id).join(', ')
  return failure('not-found', {message: `there is no step ${id} in the plan`, hint: `its steps are ${known}`})
}

function unpromotable(plan: Plan, state: RolloutState, wish: Extract<Wish, {do: 'promote'}>): Failure | undefined {
  if (state.aborting) return no('it is being taken back')
  if (wish.full || asked(plan, wish.step).some(step => at(state, step) === 'holding')) return undefined
  return no('no share is being held just now')
}

/** Only those whom the file names may approve; whoever else says yes is refused, by name. */
function unapprovable(plan: Plan, {by}: Request, wish: Extract<Wish, {do: 'approve'}>): Failure | undefined {
  const gates = asked(plan, wish.step).flatMap(step =>
    step.gates.flatMap(gate => (gate.kind === 'approval' && isNamed(wish.gate, gate) ? [gate] : [])),
  )
  if (gates.length === 0)
    return no(wish.gate === 'all' ? 'no step waits for an approval' : `no step has an approval ${wish.gate}`)
  if (gates.some(gate => mayApprove(gate, by.name))) return undefined
  const may = [...new Set(gates.flatMap(gate => gate.by))].join(', ')
  return failure('usage', {message: `${by.name} may not approve`, hint: `${may} may`})
}

function isNamed(name: string, gate: Gate): boolean {
  return name === 'all' || name === gateId(gate)
}

function unretryable(plan: Plan, state: RolloutState, step: StepId | undefined): Failure | undefined {
  const steps = asked(plan, step)
  if (plan.steps.some(one => at(state, one) === 'returning')) return no('it is still being taken back')
  if (steps.some(one => at(state, one) === 'rolled-back')) return undefined
  const halted = steps.find(one => at(state, one) === 'halted')
  if (halted) return no(`${halted.id} has halted, and goes on with \`sluice rollout resume\``)
  if (step === undefined) return no('no step was taken back')
  return no(`${step} was not taken back: it is ${at(state, steps[0]!)}`)
}

function asked({steps}: Plan, id: StepId | undefined): readonly Step[] {
  return id === undefined ? steps : steps.filter(step => step.id === id)
}

function at(state: RolloutState, {id}: Step) {
  return state.steps.get(id)?.state.is ?? 'waiting'
}

function no(message: string): Failure {
  return failure('usage', {message})
}
