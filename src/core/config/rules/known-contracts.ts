import type {Finding} from '../shape/shape.ts'
import {finding, guesser, providedContracts, type Rule, speaking} from './rule.ts'

/** The contract of an excuse is one that somebody speaks, as far as the file knows what is spoken. */
export const knownContracts: Rule = function* (file): Generator<Finding> {
  if ([...file.services.values()].some(service => service.repo !== undefined)) return
  const known = new Set([...(file.contracts?.keys() ?? []), ...providedContracts(file.services)])
  for (const {speech} of speaking(file.services)) for (const name of speech.consumes?.keys() ?? []) known.add(name)
  const hint = guesser(known, 'contracts')
  for (const [environment, {excuse}] of file.environments ?? []) {
    for (const [index, {contract}] of (excuse ?? []).entries()) {
      const path = ['environments', environment, 'excuse', index, 'contract']
      if (!known.has(contract)) yield finding(path, `there is no contract ${JSON.stringify(contract)}`, hint(contract))
    }
  }
}
