import type {ServiceName} from '../core/graph/system.ts'
import type {Plan} from '../core/plan/plan.ts'
import type {Deps, Options} from './deps.ts'
import type {Wanted} from './take.ts'

/** The services that a plan moves, and those that nobody else may move meanwhile: they, and all that share a contract. */
export function touchedBy(
  {neighbours}: Pick<Deps, 'neighbours'>,
  {steps}: Plan,
): {readonly moves: readonly ServiceName[]; readonly touches: readonly ServiceName[]} {
  const moves = [...new Set(steps.map(({service}) => service))]
  return {moves, touches: [...new Set(moves.flatMap(service => [service, ...(neighbours.get(service)?.keys() ?? [])]))]}
}

export function claimOf(deps: Deps, plan: Plan, rollout: string, {who, reason}: Options): Wanted {
  return {environment: plan.environment, rollout, owner: who, reason, ...touchedBy(deps, plan)}
}
