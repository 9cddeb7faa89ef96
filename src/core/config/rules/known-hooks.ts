import type {Finding} from '../shape/shape.ts'
import {didYouMean} from '../shape/nearest.ts'
import type {WrittenFile} from '../written/file.ts'
import {HOOK_POINTS} from '../written/hook.ts'
import {textOf} from '../yaml/raw.ts'
import {finding, type Rule} from './rule.ts'

/** A hook is run at a point of a step, or because a server names it; one of any other name would never be. */
export const knownHooks: Rule = function* ({services, environments}): Generator<Finding> {
  const invalidating = [...services.values()].flatMap(({invalidate}) => invalidate ?? [])
  const known = [...HOOK_POINTS, ...invalidating, ...invalidatingIn(environments)]
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

/** Hooks that a server names in one environment only. */
function invalidatingIn(environments: WrittenFile['environments']): readonly string[] {
  return [...(environments?.values() ?? [])].flatMap(({services}) =>
    [...(services?.values() ?? [])].flatMap(over => textOf(over.get('invalidate')) ?? []),
  )
}
