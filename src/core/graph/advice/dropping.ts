import {finding} from '../../config/rules/rule.ts'
import {majorsOf} from '../versions.ts'
import type {ContractName, Service} from '../system.ts'
import type {Advice} from './advice.ts'
import {spokenBy} from './speaking.ts'

/** A major that goes away, of a contract whose calls nothing tells apart: nobody can see whether it is still called. */
export const dropping: Advice = function* (config, system) {
  for (const service of system.services.values()) {
    for (const [contract, {major, release}] of droppedBy(service)) {
      if (config.contracts.get(contract)?.calls) continue
      const path = config.contracts.has(contract) ? ['contracts', contract] : ['services', service.name]
      const message = `${service.name} ${release} drops ${contract} ${major}.x, and nothing says how a call to it looks`
      const hint = `say it under contracts.${contract}.calls, so that calls to ${major}.x can be seen before it goes`
      yield finding(path, message, hint, 'key')
    }
  }
}

/** The first major of each contract that a service stops to provide, and with which release. */
function droppedBy(service: Service): Map<ContractName, {major: number; release: string}> {
  const dropped = new Map<ContractName, {major: number; release: string}>()
  const provided = new Map<ContractName, Set<number>>()
  for (const {state, speech} of spokenBy(service)) {
    for (const [contract, before] of provided) {
      const now = majorsOf(speech.provides.get(contract) ?? [])
      const gone = [...before].find(major => !now.includes(major))
      if (gone !== undefined && !dropped.has(contract)) dropped.set(contract, {major: gone, release: state.release})
    }
    for (const [contract, texts] of speech.provides) provided.set(contract, new Set(majorsOf(texts)))
  }
  return dropped
}
