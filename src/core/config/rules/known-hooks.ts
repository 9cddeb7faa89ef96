import type {Finding} from '../shape/shape.ts'
import {didYouMean} from '../shape/nearest.ts'
import {HOOK_POINTS} from '../written/hook.ts'
import {finding, type Rule} from './rule.ts'

/** A hook is run at a point of a step, or because a server names it; one of any other name would never be. */
export const knownHooks: Rule = function* ({services}): Generator<Finding> {
  const invalidating = [...services.values()].flatMap(({invalidate}) => invalidate ?? [])
  const known = [...HOOK_POINTS, ...invalidating]
  for (const [service, {hooks, invalidate, data}] of services) {
    for (const name of hooks?.keys() ?? []) {
      if (known.includes(name)) continue
      const message = `nothing ever runs the hook ${JSON.stringify(name)}`
      yield finding(['services', service, 'hooks', name], message, didYouMean(name, known, 'there may be'), 'key')
    }
    if (invalidate === undefined || data === 'cached') continue
    yield finding(
      ['services', service, 'invalidate'],
      `${service} has no copies of its data to forget`,
      'say data: cached',
    )
  }
}
