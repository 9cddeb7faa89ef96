import {type Instant, isoOf} from '../base/units.ts'
import type {Plan} from '../plan/plan.ts'
import type {RolloutShown} from './show.ts'

/** A rollout as one line of a list. */
export interface RolloutOutline extends Pick<RolloutShown, 'id' | 'state' | 'startedAt'> {
  /** How many steps its plan has. */
  readonly steps: number
  /** How many of them have succeeded. */
  readonly succeeded: number
}

/** Of one that has been read from its first entry to its last. */
export function outlineOf({id, state, startedAt, steps}: RolloutShown): RolloutOutline {
  const succeeded = steps.filter(step => step.state === 'succeeded').length
  return {id, state, startedAt, steps: steps.length, succeeded}
}

/** Of one that has succeeded, and so has every step of its plan: its entries have nothing more to say. */
export function outlineOfSucceeded(head: {
  readonly id: string
  readonly plan: Plan
  readonly startedAt: Instant
}): RolloutOutline {
  const steps = head.plan.steps.length
  return {id: head.id, state: 'succeeded', startedAt: isoOf(head.startedAt), steps, succeeded: steps}
}
