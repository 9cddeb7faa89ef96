import type {ServiceName} from '../facts.ts'
import type {Finding} from '../shape/shape.ts'
import {finding, type Rule} from './rule.ts'

/** Services that wait for each other through `after` would wait for ever. */
export const afterCycle: Rule = function* ({services}): Generator<Finding> {
  const afterOf = (name: ServiceName) => services.get(name)?.after ?? []
  const done = new Set<ServiceName>()
  for (const [start, {after}] of services) if (after && !done.has(start)) yield* cyclesFrom(start, afterOf, done)
}

/** Walks down `after` from one service; the trail knows how it came here, and which of its `after` it looked at last. */
function* cyclesFrom(
  start: ServiceName,
  afterOf: (name: ServiceName) => readonly ServiceName[],
  done: Set<ServiceName>,
): Generator<Finding> {
  const trail = new Map<ServiceName, number>([[start, -1]])
  const stack = [start]
  for (let here = stack.at(-1); here !== undefined; here = stack.at(-1)) {
    const index = (trail.get(here) ?? 0) + 1
    const next = afterOf(here)[index]
    trail.set(here, index)
    if (next === undefined) {
      done.add(here)
      trail.delete(here)
      stack.pop()
    } else if (trail.has(next)) yield cycle([...stack.slice(stack.indexOf(next)), next], index)
    else if (!done.has(next)) {
      trail.set(next, -1)
      stack.push(next)
    }
  }
}

function cycle(names: readonly ServiceName[], index: number): Finding {
  const last = names.at(-2) ?? ''
  const text = names.length === 2 ? `${last} waits for itself` : names.join(' waits for ')
  return finding(['services', last, 'after', index], `after goes in a circle: ${text}`, 'leave one of them out')
}
