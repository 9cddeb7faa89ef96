import type {MaybeState, Question, ServiceName} from '../../graph/system.ts'
import type {Step} from '../plan.ts'

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
  /** The number of the step at each place of the plan. */
  readonly numbers: Int32Array
}

/** A way that is still being gone. */
interface Draft extends Way {
  readonly states: MaybeState[]
  readonly steps: Step[]
  first: number
}

export function waysOf({current, target}: Question, steps: readonly Step[]): Ways {
  const of = new Map<ServiceName, Draft>()
  const add = (service: ServiceName, start: MaybeState): Draft => {
    const draft = {service, states: [start], steps: [], first: 0}
    of.set(service, draft)
    return draft
  }
  current.forEach((state, name) => add(name, state))
  for (const name of target.keys()) if (!of.has(name)) add(name, null)
  const numbers = new Int32Array(steps.length)
  const wayAt = steps.map((step, place) => {
    const draft = of.get(step.service) ?? add(step.service, null)
    numbers[place] = draft.steps.length
    draft.states.push(step.to)
    draft.steps.push(step)
    return draft
  })
  let first = 0
  for (const draft of of.values()) {
    draft.first = first
    first += draft.steps.length
  }
  for (let place = 0; place < steps.length; place++) (numbers[place] as number) += (wayAt[place] as Draft).first
  return {of, numbers}
}
