import type {ContractName} from '../facts.ts'
import type {Finding} from '../shape/shape.ts'
import type {WrittenFile} from '../written/file.ts'
import {finding, guesser, hear, type Rule} from './rule.ts'

/** The contract of an excuse is one that somebody speaks, as far as the file knows what is spoken. */
export const knownContracts: Rule = function* (file): Generator<Finding> {
  const excusing = [...(file.environments ?? [])].filter(([, {excuse}]) => excuse !== undefined)
  const elsewhere = [...file.services.values()].some(service => service.repo !== undefined)
  if (excusing.length === 0 || elsewhere) return
  const known = spoken(file)
  const hint = guesser(known, 'contracts')
  for (const [environment, {excuse}] of excusing) {
    for (const [index, {contract}] of (excuse ?? []).entries()) {
      const path = ['environments', environment, 'excuse', index, 'contract']
      if (!known.has(contract)) yield finding(path, `there is no contract ${JSON.stringify(contract)}`, hint(contract))
    }
  }
}

function spoken({contracts, services}: WrittenFile): Set<ContractName> {
  const known = new Set(contracts?.keys())
  hear(services, (_, {provides, consumes}) => {
    for (const contract of provides?.keys() ?? []) known.add(contract)
    for (const contract of consumes?.keys() ?? []) known.add(contract)
  })
  return known
}
