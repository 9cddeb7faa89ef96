import type {Step} from '../plan.ts'
import type {Waits} from './waits.ts'
import type {Way, Ways} from './ways.ts'

/**
 * Whether one way's step at a place is certainly finished before another's starts, in every schedule that respects
 * `after`. What is no step, because the way starts or ends there, comes before nothing and after nothing.
 */
export type Done = (before: Way, place: number, then: Way, thenPlace: number) => boolean

/** Reads `after` into flat lists of step numbers, in which the steps of one service stand side by side. */
export function precedence(steps: readonly Step[], waits: Waits, ways: Ways): Done {
  const {starts, names, waves} = listsOf(steps, waits, ways)
  const seen = new Int32Array(waves.length).fill(-1)
  let asked = 0
  /** Whether a step waits by name for one of the steps from `from` to `end`. */
  const waitsFor = (step: number, from: number, end: number): boolean => {
    let [low, high] = [starts[step] as number, starts[step + 1] as number]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((names[middle] as number) < from) low = middle + 1
      else high = middle
    }
    return low < (starts[step + 1] as number) && (names[low] as number) < end
  }
  const search = (from: number, end: number, then: number): boolean => {
    if (waitsFor(then, from, end)) return true
    const wave = waves[from] as number
    const open = [then]
    asked++
    for (let step = open.pop(); step !== undefined; step = open.pop()) {
      if (waitsFor(step, from, end)) return true
      for (let at = starts[step] as number; at < (starts[step + 1] as number); at++) {
        const earlier = names[at] as number
        if ((waves[earlier] as number) <= wave || seen[earlier] === asked) continue
        seen[earlier] = asked
        open.push(earlier)
      }
    }
    return false
  }
  return (before, place, then, thenPlace) => {
    if (place < 0 || thenPlace < 0 || place >= before.steps.length || thenPlace >= then.steps.length) return false
    const [from, to] = [before.first + place, then.first + thenPlace]
    return (waves[from] as number) < (waves[to] as number) && search(from, before.first + before.steps.length, to)
  }
}

/** Of each step, by number: its wave, and the numbers of those it waits for, ascending, from `starts` on in `names`. */
interface Lists {
  readonly starts: Int32Array
  readonly names: Int32Array
  readonly waves: Int32Array
}

function listsOf(steps: readonly Step[], waits: Waits, {numbers}: Ways): Lists {
  const waves = new Int32Array(steps.length)
  const placeOf = new Int32Array(steps.length)
  for (let place = 0; place < steps.length; place++) {
    const number = numbers[place] as number
    waves[number] = (steps[place] as Step).wave
    placeOf[number] = place
  }
  const starts = new Int32Array(steps.length + 1)
  const names = new Int32Array(waits.places.length)
  let end = 0
  for (let number = 0; number < steps.length; number++) {
    const place = placeOf[number] as number
    let ascends = true
    for (let at = waits.starts[place] as number; at < (waits.starts[place + 1] as number); at++) {
      const name = numbers[waits.places[at] as number] as number
      ascends &&= end === starts[number] || (names[end - 1] as number) < name
      names[end++] = name
    }
    if (!ascends) names.subarray(starts[number], end).sort()
    starts[number + 1] = end
  }
  return {starts, names, waves}
}
