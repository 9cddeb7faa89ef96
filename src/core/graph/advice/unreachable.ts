import {finding} from '../../config/rules/rule.ts'
import {admits} from '../versions.ts'
import type {Advice} from './advice.ts'

/** A release whose `upgradesFrom` admits nothing that is known can only be where it was deployed first. */
export const unreachable: Advice = function* (_, system) {
  for (const {name, releases} of system.services.values()) {
    for (const {version, upgradesFrom} of releases) {
      if (!upgradesFrom || releases.length < 2) continue
      const {release: range} = upgradesFrom
      if (releases.some(other => other.version !== version && admits(range, other.version))) continue
      const message = `no known release of ${name} is in ${JSON.stringify(range)}, so nothing can be upgraded to ${version}`
      yield finding(['services', name, 'releases', version, 'upgradesFrom'], message)
    }
  }
}
