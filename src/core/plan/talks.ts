import {type Edge, edgesOf} from '../graph/edges.ts'
import {speechOf, stateText} from '../graph/states.ts'
import type {MaybeState, ServiceName, State, System} from '../graph/system.ts'
import type {Plan} from './plan.ts'

/** What two services say to each other on one contract, in each state that they pass through. */
export interface Talk extends Edge {
  /** The range that the client asks for, by its state; a state in which it does not call is left out. */
  readonly asks: Readonly<Record<string, string>>
  /** The versions that the server offers, by its state; a state without any is left out. */
  readonly gives: Readonly<Record<string, readonly string[]>>
}

/**
 * Every call of which at least one side is moved by the plan, in the states that can be live meanwhile.
 *
 * @param current where services stand that the plan does not move
 */
export function talksOf(
  system: System,
  {steps}: Pick<Plan, 'steps'>,
  current: ReadonlyMap<ServiceName, MaybeState>,
): readonly Talk[] {
  const passed = new Map<ServiceName, readonly MaybeState[]>()
  for (const {service, from, to} of steps) passed.set(service, [...(passed.get(service) ?? [from]), to])
  const statesOf = (service: ServiceName): readonly State[] =>
    (passed.get(service) ?? [current.get(service) ?? null]).filter(state => state !== null)
  return edgesOf(system)
    .filter(({client, server}) => passed.has(client) || passed.has(server))
    .map(edge => ({
      ...edge,
      asks: said(system, edge.client, statesOf(edge.client), speech => speech.consumes.get(edge.contract)),
      gives: said(system, edge.server, statesOf(edge.server), speech => speech.provides.get(edge.contract)),
    }))
    .filter(({asks}) => Object.keys(asks).length > 0)
}

function said<T>(
  system: System,
  name: ServiceName,
  states: readonly State[],
  word: (speech: ReturnType<typeof speechOf>) => T | undefined,
): Readonly<Record<string, T>> {
  const service = system.services.get(name)
  if (!service) return {}
  const entries = states.flatMap(state => {
    const found = word(speechOf(service, state))
    return found === undefined ? [] : [[stateText(state), found] as const]
  })
  return Object.fromEntries(entries)
}
