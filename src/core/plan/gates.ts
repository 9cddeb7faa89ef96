import {byText} from '../base/order.ts'
import {speechOf} from '../graph/states.ts'
import type {MaybeState, Service} from '../graph/system.ts'
import {majorsOf} from '../graph/versions.ts'
import type {EnvironmentConfig} from '../config/config.ts'
import type {ContractUnused, Gate, Plan, Step} from './plan.ts'

/** What must hold before a step: nobody calls any more what it takes away. */
export function gatesOf(
  service: Service,
  from: MaybeState,
  to: MaybeState,
  majorsIn: (texts: readonly string[]) => readonly number[] = majorsOf,
): readonly ContractUnused[] {
  if (from === null) return []
  const stays = to === null ? undefined : speechOf(service, to).provides
  const gates: ContractUnused[] = []
  speechOf(service, from).provides.forEach((offered, contract) => {
    const still = stays?.get(contract) ?? []
    if (offered === still) return
    const left = majorsIn(still)
    for (const major of majorsIn(offered)) {
      if (!left.includes(major)) gates.push({kind: 'contract-unused', contract, major})
    }
  })
  // By contract; the majors of one are ascending already.
  return gates.length < 2 ? gates : gates.sort((a, b) => byText(a.contract, b.contract))
}

/**
 * The plan with the gates of the configuration before each step, instead of whatever it said of them: a kept plan is asked what
 * the file asks for today.
 */
export function withGates(plan: Plan, environment: Pick<EnvironmentConfig, 'gates' | 'services'>): Plan {
  return {...plan, steps: plan.steps.map(step => ({...step, gates: gatesBefore(step, environment)}))}
}

function gatesBefore(
  {service, to, gates}: Step,
  environment: Pick<EnvironmentConfig, 'gates' | 'services'>,
): readonly Gate[] {
  const asked = [...(environment.gates ?? []), ...(environment.services.get(service)?.gates ?? [])]
  // What goes away has no release that could have been tested.
  return [...gates.filter(isContractUnused), ...asked.filter(({kind}) => kind !== 'matrix' || to !== null)]
}

export function isContractUnused(gate: Gate): gate is ContractUnused {
  return gate.kind === 'contract-unused'
}
