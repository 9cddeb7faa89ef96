import type {ContractName, ServiceName} from '../facts.ts'
import type {Finding} from '../shape/shape.ts'
import {type Facts, finding, speaking} from './rule.ts'

/** A contract has one server: with two, nobody could say whom a client calls. */
export function* oneServer(facts: Facts): Generator<Finding> {
  const servers = new Map<ContractName, ServiceName>()
  const told = new Set<string>()
  for (const {service, speech, path} of speaking(facts)) {
    for (const contract of speech.provides?.keys() ?? []) {
      const server = servers.get(contract)
      if (server === undefined) servers.set(contract, service)
      if (server === undefined || server === service || told.has(`${service}\n${contract}`)) continue
      told.add(`${service}\n${contract}`)
      yield finding(
        [...path, 'provides', contract],
        `${contract} is provided by ${server} and by ${service}`,
        'a contract has one server: give one of the two another name',
        'key',
      )
    }
  }
}
