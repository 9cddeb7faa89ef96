import type {Finding} from '../shape/shape.ts'
import {finding, guesser, type Rule} from './rule.ts'

/** Whoever is told of an environment is told of one that there is. */
export const knownEnvironments: Rule = function* ({environments, notifications = []}): Generator<Finding> {
  const known = [...(environments?.keys() ?? [])]
  const hint = guesser(known, 'environments')
  for (const [index, {environments: named = []}] of notifications.entries()) {
    for (const [place, name] of named.entries()) {
      if (known.includes(name)) continue
      const path = ['notifications', index, 'environments', place]
      yield finding(path, `there is no environment ${JSON.stringify(name)}`, hint(name))
    }
  }
}
