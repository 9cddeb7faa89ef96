import {finding} from '../../config/rules/rule.ts'
import type {Advice} from './advice.ts'

/** A service of which no release is known can be waited for, and never moved. */
export const factless: Advice = function* (config, system) {
  for (const [name, {repo}] of config.services) {
    if ((system.services.get(name)?.releases.length ?? 0) > 0) continue
    const why =
      repo === undefined
        ? 'give it a "repo" with tags, or "releases"'
        : 'tag a release in its repository, or look at its "tag"'
    yield finding(['services', name], `no release of ${name} is known, so it cannot be moved`, why, 'key')
  }
}
