import {finding} from '../../config/rules/rule.ts'
import {serversOf} from '../compatible.ts'
import type {ContractName} from '../system.ts'
import type {Advice} from './advice.ts'
import {spokenBy} from './speaking.ts'

/** A contract that nobody here provides: nothing of what is planned protects its callers. */
export const outside: Advice = function* (config, system) {
  const servers = serversOf(system)
  const told = new Set<ContractName>(config.contracts.keys())
  for (const service of system.services.values()) {
    for (const {speech, callOf} of spokenBy(service)) {
      for (const contract of speech.consumes.keys()) {
        if (servers.has(contract) || told.has(contract)) continue
        told.add(contract)
        const hint = 'name it under "contracts" if it is served from outside of the system'
        yield finding(callOf(contract), `${service.name} calls ${contract}, which no service provides`, hint, 'key')
      }
    }
  }
}
