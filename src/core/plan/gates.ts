import {speechOf} from '../graph/states.ts'
import type {MaybeState, Service} from '../graph/system.ts'
import {majorsOf} from '../graph/versions.ts'
import {byText} from '../base/order.ts'
import type {EnvironmentConfig} from '../config/config.ts'
import type {ContractUnused, Gate, Plan, Step} from './plan.ts'

/** What must hold before a step: nobody calls any more what it takes away. */
export function gatesOf(service: Service, from: MaybeState, to: MaybeState): readonly ContractUnused[] {
  if (from === null) return []
  const offered = speechOf(service, from).provides
  const stays = to === null ? undefined : speechOf(service, to).provides
  return [...offered.keys()].sort(byText).flatMap(contract => {
    if (offered.get(contract) === stays?.get(contract)) return []
    const still = new Set(majorsOf(stays?.get(contract) ?? []))
    return majorsOf(offered.get(contract) ?? [])
      .filter(major => !still.has(major))
      .map((major): ContractUnused => ({kind: 'contract-unused', contract, major}))
  })
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
