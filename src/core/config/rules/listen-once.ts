import type {ServiceName} from '../facts.ts'
import type {Finding} from '../shape/shape.ts'
import {isMap} from '../yaml/raw.ts'
import {finding, type Rule} from './rule.ts'

/** Two services cannot listen on one address. Where an environment gives one of them another route, it knows better. */
export const listenOnce: Rule = function* (file): Generator<Finding> {
  const rerouted = new Set<ServiceName>()
  for (const {services} of file.environments?.values() ?? []) {
    for (const [name, over] of services ?? []) if (isMap(over) && over.has('route')) rerouted.add(name)
  }
  const listening = new Map<string, ServiceName>()
  for (const [name, {route}] of file.services) {
    if (route?.listen === undefined || rerouted.has(name)) continue
    const other = listening.get(route.listen)
    if (other === undefined) listening.set(route.listen, name)
    else
      yield finding(
        ['services', name, 'route', 'listen'],
        `${other} listens on ${route.listen} already`,
        'give each its own port',
      )
  }
}
