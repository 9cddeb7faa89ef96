import type {ContractName} from '../facts.ts'
import type {Finding} from '../shape/shape.ts'
import {slipOf} from '../shape/slip.ts'
import type {Path} from '../yaml/places.ts'
import {type Facts, finding, hear} from './rule.ts'

/**
 * A contract that nobody provides is served from outside of the system, which is fine. A name that is almost that of a
 * contract which is provided, or declared, is more likely a slip of the hand, and would silently protect nothing.
 */
export function servedContracts(facts: Facts, known: ReadonlySet<ContractName>): Finding[] {
  const findings: Finding[] = []
  const guess = guessedOnce(known)
  hear(facts, (_, {consumes}, path) => {
    if (!consumes) return
    for (const contract of consumes.keys()) {
      const near = known.has(contract) ? undefined : guess(contract)
      if (near !== undefined) findings.push(almost([...path(), 'consumes', contract], contract, near))
    }
  })
  return findings
}

function almost(path: Path, contract: ContractName, near: ContractName): Finding {
  const hint = `did you mean ${JSON.stringify(near)}? A contract from outside of the system is declared under "contracts"`
  return finding(path, `nobody provides ${contract}`, hint, 'key')
}

const MOST_GUESSES = 100

/** Guesses once per name, and not for ever: a large system may call thousands of contracts from outside. */
function guessedOnce(known: ReadonlySet<ContractName>): (contract: ContractName) => ContractName | undefined {
  const guesses = new Map<ContractName, ContractName | undefined>()
  return contract => {
    if (!guesses.has(contract)) guesses.set(contract, guesses.size < MOST_GUESSES ? slipOf(contract, known) : undefined)
    return guesses.get(contract)
  }
}
