import {by} from '../../core/base/order.ts'
import type {ServiceName} from '../../core/graph/system.ts'
import type {Plan} from '../../core/plan/plan.ts'
import {stateText} from '../plan/words.ts'

/**
 * What lives from an instant on. Instants count 0 before the first wave, then two a wave: `2 * wave - 1` while it is
 * carried out, when a service that moves is there in both states, and `2 * wave` after it.
 */
export interface Change {
  readonly at: number
  readonly live: readonly string[]
}

/** What is live of each service that the plan moves, by name; the last change at or before an instant holds. */
export function changesOf({steps}: Plan): ReadonlyMap<ServiceName, readonly Change[]> {
  const changes = new Map<ServiceName, Change[]>()
  for (const step of steps.toSorted((a, b) => a.wave - b.wave)) {
    const from = stateText(step.from)
    const to = stateText(step.to)
    const known = changes.get(step.service) ?? [{at: 0, live: [from]}]
    changes.set(step.service, known)
    known.push({at: 2 * step.wave - 1, live: [from, to]}, {at: 2 * step.wave, live: [to]})
  }
  return new Map([...changes].sort(by(([service]) => service)))
}
