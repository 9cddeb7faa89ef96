import type {Step, StepId} from '../plan.ts'

/** What each step waits for by `after`, as places in the plan: those of the step at a place from `starts` on in `places`. */
export interface Waits {
  readonly starts: Int32Array
  /** {@link NOWHERE} for what is no earlier step. */
  readonly places: Int32Array
}

export const NOWHERE = -1

/** Looks every name up, once. */
export function waitsOf(steps: readonly Step[]): Waits {
  const placeOf = new Map<StepId, number>()
  const starts = new Int32Array(steps.length + 1)
  const places = new Int32Array(steps.reduce((sum, {after}) => sum + after.length, 0))
  let end = 0
  for (let place = 0; place < steps.length; place++) {
    const {id, after} = steps[place] as Step
    for (const before of after) places[end++] = placeOf.get(before) ?? NOWHERE
    starts[place + 1] = end
    placeOf.set(id, place)
  }
  return {starts, places}
}
