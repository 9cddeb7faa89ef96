import type {Path} from '../../config/yaml/places.ts'
import {speechOf, statesOf} from '../states.ts'
import type {ContractName, Service, Speech, State} from '../system.ts'

/** What a service says in one of its states. */
export interface Spoken {
  readonly state: State
  readonly speech: Speech
  /** Where it says that it calls a contract: in the mode, or else in the release. */
  readonly callOf: (contract: ContractName) => Path
}

/** Every state of a service with all that it says. */
export function spokenBy(service: Service): Spoken[] {
  return statesOf(service).map(state => ({
    state,
    speech: speechOf(service, state),
    callOf: contract => [...pathOf(service, state, contract), 'consumes', contract],
  }))
}

function pathOf(service: Service, {release, mode}: State, contract: ContractName): Path {
  const path = ['services', service.name, 'releases', release]
  const own = service.releases.find(({version}) => version === release)?.modes.find(({name}) => name === mode)
  return own?.consumes.has(contract) ? [...path, 'modes', own.name] : path
}
