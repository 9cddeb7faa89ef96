import type {Finding} from '../shape/shape.ts'
import {type Facts, finding, guesser} from './rule.ts'

/** A mode that `upgradesFrom` asks for is a mode of some release of the service. */
export function* upgradesFromModes(facts: Facts): Generator<Finding> {
  for (const [service, {releases}] of facts) {
    const modes = new Set([...(releases?.values() ?? [])].flatMap(release => [...(release.modes?.keys() ?? [])]))
    for (const [version, {upgradesFrom}] of releases ?? []) {
      const mode = upgradesFrom?.mode
      if (mode === undefined || modes.has(mode)) continue
      const path = ['services', service, 'releases', version, 'upgradesFrom', 'mode']
      yield finding(
        path,
        `no release of ${service} has a mode ${JSON.stringify(mode)}`,
        guesser(modes, 'its modes')(mode),
      )
    }
  }
}
