import type {ContractName, ServiceName} from '../facts.ts'
import type {Finding} from '../shape/shape.ts'
import {type Facts, finding, hear} from './rule.ts'

/** A contract has one server: with two, nobody could say whom a client calls. */
export function oneServer(facts: Facts, servers: ReadonlyMap<ContractName, ServiceName>): Finding[] {
  const told = new Set<string>()
  const findings: Finding[] = []
  hear(facts, (service, {provides}, path) => {
    if (!provides) return
    for (const contract of provides.keys()) {
      const server = servers.get(contract)
      if (server === undefined || server === service || told.has(`${service}\n${contract}`)) continue
      told.add(`${service}\n${contract}`)
      const message = `${contract} is provided by ${server} and by ${service}`
      findings.push(finding([...path(), 'provides', contract], message, HINT, 'key'))
    }
  })
  return findings
}

const HINT = 'a contract has one server: give one of the two another name'
