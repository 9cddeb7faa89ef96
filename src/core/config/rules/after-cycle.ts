import type {ServiceName} from '../facts.ts'
import type {Finding} from '../shape/shape.ts'
import {finding, type Rule} from './rule.ts'

/** Services that wait for each other through `after` would wait for ever. */
export const afterCycle: Rule = function* ({services}): Generator<Finding> {
  const done = new Set<ServiceName>()
  for (const [start, {after}] of services) {
    if (!after) continue
    const trail: {name: ServiceName; next: number}[] = done.has(start) ? [] : [{name: start, next: 0}]
    while (trail.length > 0) {
      const here = trail[trail.length - 1] as {name: ServiceName; next: number}
      const index = here.next++
      const name = services.get(here.name)?.after?.[index]
      if (name === undefined) {
        done.add(here.name)
        trail.pop()
        continue
      }
      const from = trail.findIndex(step => step.name === name)
      if (from !== -1) yield cycle([...trail.slice(from).map(step => step.name), name], index)
      else if (!done.has(name)) trail.push({name, next: 0})
    }
  }
}

function cycle(names: readonly ServiceName[], index: number): Finding {
  const last = names[names.length - 2] ?? ''
  const text = names.length === 2 ? `${last} waits for itself` : names.join(' waits for ')
  return finding(['services', last, 'after', index], `after goes in a circle: ${text}`, 'leave one of them out')
}
