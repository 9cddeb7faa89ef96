import type {ContractName} from '../facts.ts'
import type {Finding} from '../shape/shape.ts'
import {EXACT} from '../version.ts'
import type {Path} from '../yaml/places.ts'
import {type Facts, finding, hear} from './rule.ts'

/** Both sides of a strict contract name exact versions. */
export function strictExact(facts: Facts, strict: ReadonlySet<ContractName>): Finding[] {
  const findings: Finding[] = []
  if (strict.size === 0) return findings
  hear(facts, (_, {provides, consumes}, path) => {
    const check = (side: 'provides' | 'consumes', contract: ContractName, range: string) => {
      if (!EXACT.test(range)) findings.push(inexact([...path(), side, contract], contract, range))
    }
    for (const contract of strict) {
      for (const range of provides?.get(contract) ?? []) check('provides', contract, range)
      const consumed = consumes?.get(contract)
      if (consumed !== undefined) check('consumes', contract, consumed)
    }
  })
  return findings
}

function inexact(path: Path, contract: ContractName, range: string): Finding {
  const hint = 'name exact versions, like "1.0.0 || 2.0.0"'
  return finding(path, `${JSON.stringify(range)} is a range, and ${contract} is strict`, hint)
}
