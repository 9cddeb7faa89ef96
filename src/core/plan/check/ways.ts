import type {MaybeState, Question, ServiceName} from '../../graph/system.ts'
import type {Step, StepId} from '../plan.ts'

/** All steps of one service, in turn, and the states before, between and behind them. */
export interface Way {
  readonly service: ServiceName
  readonly states: readonly MaybeState[]
  readonly steps: readonly Step[]
  /** The number of its first step; the others follow. Steps have numbers across all ways. */
  readonly first: number
}

/** The ways of all services of a question. */
export interface Ways {
  readonly of: ReadonlyMap<ServiceName, Way>
  readonly numberOf: ReadonlyMap<StepId, number>
}

export function waysOf({current, target}: Question, steps: readonly Step[]): Ways {
  const drafts = new Map<ServiceName, {states: MaybeState[]; steps: Step[]}>()
  for (const name of current.keys()) drafts.set(name, {states: [current.get(name) ?? null], steps: []})
  for (const name of target.keys()) if (!drafts.has(name)) drafts.set(name, {states: [null], steps: []})
  for (const step of steps) {
    const draft = drafts.get(step.service) ?? {states: [null], steps: []}
    drafts.set(step.service, draft)
    draft.states.push(step.to)
    draft.steps.push(step)
  }
  const of = new Map<ServiceName, Way>()
  const numberOf = new Map<StepId, number>()
  for (const [service, draft] of drafts) {
    of.set(service, {service, ...draft, first: numberOf.size})
    for (const step of draft.steps) numberOf.set(step.id, numberOf.size)
  }
  return {of, numberOf}
}
