import type {ContractName} from '../facts.ts'
import {nearest} from '../shape/nearest.ts'
import type {Finding} from '../shape/shape.ts'
import {type Facts, finding, providedContracts, speaking} from './rule.ts'

/**
 * A contract that nobody provides is served from outside of the system, which is fine. A name that is almost that of a
 * contract which is provided, or declared, is more likely a slip of the hand, and would silently protect nothing.
 */
export function* servedContracts(facts: Facts, declared: ReadonlySet<ContractName>): Generator<Finding> {
  const provided = providedContracts(facts)
  const meant = new Map<ContractName, ContractName | undefined>()
  for (const {speech, path} of speaking(facts)) {
    for (const contract of speech.consumes?.keys() ?? []) {
      if (provided.has(contract) || declared.has(contract)) continue
      if (!meant.has(contract))
        meant.set(
          contract,
          meant.size < MOST_GUESSES ? nearest(contract, new Set([...provided, ...declared])) : undefined,
        )
      const near = meant.get(contract)
      if (near === undefined) continue
      yield finding(
        [...path, 'consumes', contract],
        `nobody provides ${contract}`,
        `did you mean ${JSON.stringify(near)}? A contract from outside of the system is declared under "contracts"`,
        'key',
      )
    }
  }
}

const MOST_GUESSES = 100
