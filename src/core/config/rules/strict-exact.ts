import type {ContractName} from '../facts.ts'
import type {Finding} from '../shape/shape.ts'
import {EXACT} from '../version.ts'
import type {Path} from '../yaml/places.ts'
import {type Facts, finding, speaking} from './rule.ts'

/** Both sides of a strict contract name exact versions. */
export function* strictExact(facts: Facts, isStrict: (contract: ContractName) => boolean): Generator<Finding> {
  for (const {speech, path} of speaking(facts)) {
    for (const [contract, ranges] of speech.provides ?? []) {
      if (isStrict(contract)) for (const range of ranges) yield* check(range, contract, [...path, 'provides', contract])
    }
    for (const [contract, range] of speech.consumes ?? []) {
      if (isStrict(contract)) yield* check(range, contract, [...path, 'consumes', contract])
    }
  }
}

function* check(range: string, contract: ContractName, path: Path): Generator<Finding> {
  if (EXACT.test(range)) return
  yield finding(
    path,
    `${JSON.stringify(range)} is a range, and ${contract} is strict`,
    'name exact versions, like "1.0.0 || 2.0.0"',
  )
}
